/** How long certificates live and how carefully they change. All times in milliseconds. */

const second = 1000;
const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export interface CertificateSettings {
  /** Names and addresses under which the API server calls the webhook. */
  hosts: readonly string[];
  /**
   * Of the CA. One year: its key lies beside the serving key, so a longer life would buy nothing, and what happens every eight months
   * is known to work, unlike what happens every ten years.
   */
  authorityLifetime: number;
  /** Of a serving certificate. 90 days, as elsewhere on the web: renewed after 60, a month is left to notice that it failed. */
  certificateLifetime: number;
  /** The part of its life after which something is renewed; replicas take up to a tenth of the life less, each its own. */
  renewAt: number;
  /**
   * From the moment the webhook configuration has a new CA until a certificate of it is served. API servers follow their configurations
   * through a watch, within milliseconds; a minute is for one that was busy or cut off from etcd for a while.
   */
  trustDelay: number;
}

export const defaultCertificateSettings: Omit<CertificateSettings, 'hosts'> = {
  authorityLifetime: 365 * day,
  certificateLifetime: 90 * day,
  renewAt: 2 / 3,
  trustDelay: minute,
};

/** Certificates are valid from this long before they were made: whoever checks them may have a clock that is behind. */
export const backdate = hour;

/** @returns why these settings cannot work, or undefined */
export function findSettingsProblem(settings: CertificateSettings): string | undefined {
  const { authorityLifetime, certificateLifetime, renewAt, trustDelay } = settings;
  if (!(renewAt >= 0.2 && renewAt <= 0.9)) return '--renew-at must lie between 0.2 and 0.9';
  if (certificateLifetime < 2 * second) return '--certificate-lifetime must be 2s or more';
  if (authorityLifetime < 2 * certificateLifetime) {
    return '--ca-lifetime must be twice --certificate-lifetime or more: a certificate cannot outlive its CA';
  }
  if (2 * trustDelay > authorityLifetime * (1 - renewAt)) {
    return '--trust-delay is too long: a new CA would not be trusted before the old one expires; shorten it, or lengthen --ca-lifetime';
  }
  return undefined;
}
