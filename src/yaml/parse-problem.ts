/** Something that makes a text unreadable. */
export interface ParseProblem {
  /** Where in the text. */
  offset: number;
  /** What is wrong and what to do. */
  message: string;
}

/** A value in more brackets or indentation than any manifest needs; deeper ones would exhaust the stack. */
export const maxDepth = 500;

export const tooDeep = `nested more than ${maxDepth} levels deep; no Kubernetes object is, so check where this comes from`;
