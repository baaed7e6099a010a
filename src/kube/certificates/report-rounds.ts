/** What the log and the metrics say of the rounds: each thing once, until it changes. */
import type { Replica, Round } from '../../certificates/round.ts';
import type { Logger } from '../../log/logger.ts';
import type { CertificateMetrics } from '../../metrics/certificate-metrics.ts';

export interface RoundReporter {
  /** After a round that ended with an error. */
  trouble(problem: string): void;
  round(round: Round): void;
}

export interface RoundReporterOptions {
  logger: Logger;
  metrics: CertificateMetrics;
  /** The name of the Secret. */
  secret: string;
  replica: Replica;
}

export function createRoundReporter({ logger, metrics, secret, replica }: RoundReporterOptions): RoundReporter {
  let trouble: string | undefined;
  let seen = { problems: '', foreign: '' };
  return {
    trouble(problem) {
      metrics.setWorking(false);
      const meanwhile = replica.serving ? 'the last one stays in use' : 'there is none yet';
      if (problem !== trouble) logger.error({ problem }, `certificates cannot be kept; ${meanwhile}`);
      trouble = problem;
    },
    round({ step, outcome, problems, foreign, signer }) {
      metrics.setWorking(true);
      if (trouble !== undefined) logger.info('certificates can be kept again');
      trouble = undefined;
      const now = { problems: problems.join('; '), foreign: foreign.join('; ') };
      if (now.problems !== seen.problems && now.problems !== '') {
        logger.warn({ problems, secret }, 'something in the Secret cannot be used, and counts as missing');
      }
      if (now.foreign !== seen.foreign && now.foreign !== '') {
        logger.warn(
          { foreign },
          'the caBundle trusts CAs that Permafrost did not make; they go after a day, if nobody repeats them',
        );
      }
      seen = now;
      if (signer) metrics.setAuthorityExpiry(new Date(signer.until));
      if (outcome === 'conflict') logger.debug({ step: step.kind }, 'certificates: another replica was first');
      else if (step.kind !== 'wait') describe(step);
    },
  };

  function describe(step: Round['step']): void {
    switch (step.kind) {
      case 'make-authority':
        metrics.countRenewal('ca');
        logger.info({ why: step.why }, 'made a CA');
        break;
      case 'trust':
        metrics.countBundleWrite();
        logger.info(
          { why: step.why, trusted: step.authorities.map(({ subject }) => subject) },
          'wrote the caBundle of the webhooks',
        );
        if (replica.budget.mayWriteAt() > performance.now()) {
          logger.warn(
            'somebody else writes the caBundle again and again; it is mended more slowly now, see docs/certificates.md',
          );
        }
        break;
      case 'promote':
        metrics.countRenewal('certificate');
        logger.info('made a certificate of the new CA');
        break;
      case 'renew':
        metrics.countRenewal('certificate');
        logger.info({ why: step.why }, 'made a certificate');
        break;
      case 'adopt':
      case 'forget':
      case 'wait':
        logger.debug({ step: step.kind }, 'certificates');
        break;
    }
  }
}
