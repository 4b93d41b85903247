import { expect, test, vi } from 'vitest';
import { type TrainingNews, trainingInWords, withTrainingNews } from '../../../tools/book/page/training-news';

type TrainGpt = (model: object, data: object, options?: object) => Promise<string>;

/** Makes steps of so many seconds. */
const training =
  (steps: number, seconds: number, from = 0) =>
  async (_model: object, _data: object, { onStep }: { onStep(progress: object): unknown }) => {
    for (let step = from + 1; step <= steps; step++)
      await onStep({ step, steps, seconds: (step - from) * seconds });
    return 'done';
  };
const told = async (trainGpt: (...args: never[]) => unknown, options?: object) => {
  const news: (TrainingNews | undefined)[] = [];
  const module = withTrainingNews('./lib/gpt', { trainGpt, other: 1 }, (one) => news.push(one));
  expect(module).toMatchObject({ other: 1 });
  expect(await (module as { trainGpt: TrainGpt }).trainGpt({}, {}, options)).toBe('done');
  // That it has ended.
  expect(news.pop()).toBeUndefined();
  return news;
};

test('withTrainingNews() tells each second how far the training of a GPT is, and how long it still takes', async () => {
  const onStep = vi.fn();
  const news = await told(training(40, 0.5), { onStep });
  expect(onStep).toHaveBeenCalledTimes(40);
  expect(news).toHaveLength(20);
  expect(news[0]).toEqual({ step: 1, steps: 40 });
  expect(news[1]).toEqual({ step: 3, steps: 40 });
  expect(news.at(-1)).toEqual({ step: 39, steps: 40, left: 0.5 });
});

test('withTrainingNews() counts from the step at which a training goes on', async () => {
  const news = await told(training(1020, 1, 1000));
  expect(news[0]).toEqual({ step: 1001, steps: 1020 });
  expect(news[10]).toEqual({ step: 1011, steps: 1020, left: 9 });
});

test('withTrainingNews() leaves other modules as they are', () => {
  const module = { trainGpt: 1 };
  expect(withTrainingNews('./lib/model', module, () => {})).toBe(module);
});

test('trainingInWords() says seconds below a minute and a half, then minutes', () => {
  expect(trainingInWords({ step: 3, steps: 1800 })).toBe('Step 3 of 1,800.');
  expect(trainingInWords({ step: 30, steps: 1800, left: 80.4 })).toBe('Step 30 of 1,800, about 80 s to go.');
  expect(trainingInWords({ step: 30, steps: 1800, left: 540 })).toBe('Step 30 of 1,800, about 9 min to go.');
});
