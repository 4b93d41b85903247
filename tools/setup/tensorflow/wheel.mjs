/** The way over TensorFlow's wheel: its libraries, and tfjs-node's binding compiled here against them. */
import fs from 'node:fs';
import { bindingBuilt, compileBinding, findCompiler, placeBinding } from './binding.mjs';
import { fetchLibraries, headers, librariesComplete, wheelOfPlatform } from './libraries.mjs';
import { compileOperations, operationsBuilt } from './operations.mjs';

/**
 * @param {(text: string) => void} say
 * @throws {Error} if there is no wheel for this machine, no compiler, or one of the steps fails
 */
export async function installFromWheel(say) {
  const wheel = wheelOfPlatform();
  if (!bindingBuilt()) {
    // Before the download: without a compiler it would be in vain.
    const compiler = await findCompiler();
    if (!librariesComplete() || !fs.existsSync(headers)) await fetchLibraries(wheel, say);
    say('compiling the binding');
    await compileBinding(compiler);
  } else if (!librariesComplete()) {
    await fetchLibraries(wheel, say);
  }
  if (!operationsBuilt()) {
    if (!fs.existsSync(headers)) await fetchLibraries(wheel, say);
    say("compiling the course's operations");
    await compileOperations();
  }
  placeBinding();
}
