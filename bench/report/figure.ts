/** What was measured: one quantity, in one setting, of several candidates. */

export interface Figure {
  section: string;
  /** Such as `2 KB review, 32 connections`. */
  setting: string;
  /** Such as `reviews`. */
  measure: string;
  /** Such as `/s`. */
  unit: string;
  better: 'higher' | 'lower';
  /** The candidate that all others are a multiple of. */
  reference: string;
  series: Series[];
  goals?: Goal[];
}

export interface Series {
  candidate: string;
  /** One of each round. */
  samples: number[];
}

/** A promise about a candidate: its value, or, with `against`, its ratio to another candidate. */
export interface Goal {
  candidate: string;
  against?: string;
  atLeast?: number;
  atMost?: number;
}
