/** `make-certificate.ts FOLDER NAME`: writes a self-signed CA and a certificate for the name, for a cluster that is thrown away. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSelfSigned } from '../src/tls/self-signed.ts';

const [folder = '.', name = 'localhost'] = process.argv.slice(2);
const { ca, cert, key } = await createSelfSigned([name], new Date());
writeFileSync(join(folder, 'ca.crt'), ca);
writeFileSync(join(folder, 'tls.crt'), cert);
writeFileSync(join(folder, 'tls.key'), key, { mode: 0o600 });
