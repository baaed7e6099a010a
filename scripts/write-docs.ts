/** Writes the pages of docs/ that are made from data. */
import { writeFileSync } from 'node:fs';
import { profilesPage, profilesPageText } from './lib/profiles-page.ts';

writeFileSync(profilesPage, profilesPageText());
