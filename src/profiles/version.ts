/** Versions in image tags, compared by semver. */
import semver from 'semver';

/** Stands for "the newest there is": `latest`, `alpine`, and the parts that a tag leaves open. */
const newest = 999_999_999;

/** Whether the text is a range that `tagInRange` understands. */
export function isVersionRange(text: string): boolean {
  return semver.validRange(text) !== null;
}

/**
 * Reads the version out of a tag. `1.27` floats to the newest 1.27.x, and a tag without a version (`latest`, `alpine`, `mainline`)
 * to the newest of all, as registries move these tags.
 *
 * @returns a semver version without pre-release: `1.27.999999999` for `1.27-alpine`
 */
export function tagVersion(tag: string): string {
  const isCommit = /^[0-9a-f]{7,64}$/.test(tag) && /[a-f]/.test(tag);
  const match = isCommit
    ? null
    : /^(?:v|version-|release-)?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?![0-9])/i.exec(tag);
  if (!match) return `${newest}.0.0`;
  const [, major, minor, patch] = match;
  return [major, minor, patch].map((part) => (part === undefined ? newest : Number(part))).join('.');
}

/** Whether the version in a tag lies in a semver range. */
export function tagInRange(tag: string, range: string): boolean {
  return semver.satisfies(tagVersion(tag), range);
}
