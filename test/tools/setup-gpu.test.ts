import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { isNeeded } from '../../tools/setup/gpu.mjs';

const read = (...names: string[]) => JSON.parse(readFileSync(join(projectRoot(), ...names), 'utf8'));
const { dependencies } = read('tools', 'setup', 'gpu', 'package.json');
const { packages } = read('tools', 'setup', 'gpu', 'package-lock.json');

describe('WebGPU, which set-up gets for who asks for it', () => {
  it("is locked by hash, in exact versions, TensorFlow.js's own that of the course", () => {
    const { '': whole, ...locked } = packages;
    expect(whole.dependencies).toEqual(dependencies);
    for (const [name, { version, integrity }] of Object.entries<Record<string, string>>(locked)) {
      expect([name, version, integrity]).toEqual([
        name,
        expect.stringMatching(/^\d+\.\d+\.\d+$/),
        expect.stringMatching(/^sha512-/),
      ]);
    }
    const { dependencies: course } = read('package.json');
    expect(dependencies['@tensorflow/tfjs-backend-webgpu']).toBe(course['@tensorflow/tfjs']);
    for (const name of Object.keys(dependencies)) expect(course).not.toHaveProperty([name]);
  });

  it.each([
    ['webgpu/dist/linux-x64/dawn.node', 'linux-x64', true],
    ['webgpu/dist/win32-x64/dawn.node', 'linux-x64', false],
    ['webgpu/dist/win32-x64/dxcompiler.dll', 'win32-x64', true],
    ['webgpu/LICENSE.md', 'linux-x64', true],
    ['webgpu/build/build.js', 'linux-x64', false],
    ['@tensorflow/tfjs-backend-webgpu/package.json', 'linux-x64', true],
    ['@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.node.js', 'linux-x64', true],
    ['@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.fesm.min.js', 'linux-x64', true],
    ['@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js', 'linux-x64', false],
    ['@tensorflow/tfjs-backend-cpu/package.json', 'linux-x64', false],
    ['debug/package.json', 'linux-x64', false],
  ])('of %s on %s keeps what is needed: %s', (file, system, needed) => {
    expect(isNeeded(file, system)).toBe(needed);
  });
});
