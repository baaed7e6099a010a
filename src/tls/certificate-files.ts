/** A serving certificate in two files, which whoever renews it replaces while the server runs. */
import { readFile } from 'node:fs/promises';
import { checkCertificate, type ServingCertificate } from './certificate.ts';

export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

export interface CertificateWatch {
  stop(): void;
}

/** @returns the pair, or what is wrong with it, with the files' names */
export async function readCertificate(
  files: CertificateFiles,
): Promise<{ certificate: ServingCertificate } | { problem: string }> {
  const pair = await readBoth(files);
  return 'problem' in pair ? pair : check(pair, files);
}

/**
 * Follows the files. They are read and compared every time: the kubelet swaps a link above the files of a Secret, which no watch on
 * the files sees and which leaves them with any time of change. A pair that is not right is reported once, and only when it is still
 * there at the next look: between two writes the files do not belong together.
 *
 * @param current the pair in use
 * @param every milliseconds between two looks
 * @param onChange gets each new pair
 * @param onProblem gets what is wrong with one
 */
export function watchCertificate(
  files: CertificateFiles,
  current: ServingCertificate,
  every: number,
  onChange: (certificate: ServingCertificate) => void,
  onProblem: (problem: string) => void,
): CertificateWatch {
  let settled: string = fingerprint(current);
  let suspect: string | undefined;
  let isReading = false;
  const look = async (): Promise<void> => {
    const pair = await readBoth(files);
    const state = 'problem' in pair ? pair.problem : fingerprint(pair);
    const wasSuspect = state === suspect;
    suspect = undefined;
    if (state === settled) return;
    const result = 'problem' in pair ? pair : check(pair, files);
    if ('certificate' in result) onChange(result.certificate);
    else if (wasSuspect) onProblem(result.problem);
    else {
      suspect = state;
      return;
    }
    settled = state;
  };
  const timer = setInterval(() => {
    if (isReading) return;
    isReading = true;
    look()
      .catch((error: unknown) => onProblem(String(error)))
      .finally(() => {
        isReading = false;
      });
  }, every);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

interface Pair {
  cert: string;
  key: string;
}

async function readBoth({ certFile, keyFile }: CertificateFiles): Promise<Pair | { problem: string }> {
  const contents: string[] = [];
  for (const file of [certFile, keyFile]) {
    try {
      contents.push(await readFile(file, 'utf8'));
    } catch (error) {
      return { problem: `${file}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  const [cert = '', key = ''] = contents;
  return { cert, key };
}

function check(pair: Pair, files: CertificateFiles): ReturnType<typeof checkCertificate> {
  const result = checkCertificate(pair.cert, pair.key);
  return 'problem' in result ? { problem: `${files.certFile}, ${files.keyFile}: ${result.problem}` } : result;
}

function fingerprint({ cert, key }: Pair): string {
  return `${cert}\n${key}`;
}
