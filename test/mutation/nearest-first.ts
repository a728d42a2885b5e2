// The order of the tests: those of the folder that is mutated before the ones further off, as areas.ts lists them, and of these the
// quick ones first. Stryker stops at the first test that notices a mutant.
import { matchesGlob, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { testsNow } from './areas.ts';

const tests = testsNow();

export class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const distance = ({ moduleId }: TestSpecification) =>
      tests.findIndex((glob) => matchesGlob(relative(process.cwd(), moduleId), glob));
    const duration = (file: TestSpecification) => this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0;
    return files.toSorted((a, b) => distance(a) - distance(b) || duration(a) - duration(b));
  }
}
