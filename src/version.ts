import packageJson from '../package.json' with { type: 'json' };

/** Permafrost's own version. */
export const { version } = packageJson;
