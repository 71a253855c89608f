import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { scorerHash as hashOf } from '../../../scripts/scorer-hash.ts';
import { isOurScorer, scorerHash, SCORER } from './rules.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('the scorer’s content hash', () => {
  it('is that of the sources, and names the scorer in the rules', async () => {
    const { hash, files } = await hashOf(ROOT);
    expect(scorerHash()).toBe(hash);
    expect(SCORER).toBe(`allod/consensus@${hash}`);
    expect(files).toContain('src/modules/labeling/consensus/verdict.ts');
    expect(files).toContain('src/modules/labeling/consensus/em.ts');
    expect(files).toContain('src/modules/labeling/hidden-gold.ts');
    expect(files.filter((file) => file.includes('.spec.') || file.includes('thread'))).toEqual([]);
  });

  it('changes with any byte of any of them', async () => {
    const { hash, files } = await hashOf(ROOT);
    for (const changed of files) {
      const read = async (file: string) => {
        const bytes = await readFile(file);
        return file.endsWith(changed) ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
      };
      expect((await hashOf(ROOT, read)).hash).not.toBe(hash);
    }
  });

  it('makes any other scorer a stranger', () => {
    expect(isOurScorer({ scorer: SCORER })).toBe(true);
    expect(isOurScorer({ scorer: 'allod/two-level-dawid-skene/2' })).toBe(false);
  });
});
