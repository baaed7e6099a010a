/** What a namespace asked for with the label `permafrost.dev/mode`. The path of a request carries it, so the API server decides it. */
export const modes = ['audit', 'warn', 'enforce'] as const;
export type Mode = (typeof modes)[number];

/** The label on a namespace. */
export const modeLabel = 'permafrost.dev/mode';
