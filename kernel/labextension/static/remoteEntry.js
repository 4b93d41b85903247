/**
 * Lets figures in JupyterLab follow when their data change. Plotly's own renderer (jupyterlab-plotly) draws a figure
 * once and takes no notice of what replaces it. Written by hand in the form of a built extension, so that nothing needs
 * to be built: JupyterLab loads this file and asks the container that it leaves behind for its modules.
 */
(() => {
  const PLOTLY = 'application/vnd.plotly.v1+json';
  /** A figure for a place that this page has drawn but cannot find by its display id: `lib/course/interact`. */
  const MOVED = 'application/vnd.descent.moved+json';
  /** How long a figure must rest before it becomes the stored picture, in milliseconds. */
  const REST = 600;
  /** @type {any} where JupyterLab keeps the containers of its extensions, by name */
  const page = globalThis;

  /**
   * @typedef {{ data: Record<string, any>, setData(change: { data: object }): void }} Model an output
   * @typedef {any} Renderer a RenderedPlotly
   */

  /** @type {Map<string, { renderer: Renderer, model: Model }>} by the place that is written in their figure */
  const places = new Map();

  /** Without a height a figure gets that of the first drawing. @param {Renderer} renderer @param {any} figure */
  async function draw(renderer, { data, layout = {}, frames, config }) {
    const { Plotly } = renderer.constructor;
    await Plotly.react(renderer.node, data, { ...layout, height: layout.height || 360 }, config);
    if (frames) await Plotly.addFrames(renderer.node, frames);
  }

  /**
   * Puts a picture of the figure as it is now into the output, as the first drawing does.
   *
   * @param {Renderer} renderer @param {Model} model @param {string} text the figure, to be known again
   */
  function keepPicture(renderer, model, text) {
    clearTimeout(renderer.picturing);
    renderer.picturing = setTimeout(async () => {
      const { offsetWidth: width, offsetHeight: height } = renderer.node;
      if (!width || !height) return;
      const url = await renderer.constructor.Plotly.toImage(renderer.node, { format: 'png', width, height });
      if (renderer.drawn !== text || renderer.isDisposed) return;
      model.setData({ data: { ...model.data, 'image/png': url.split(',')[1] } });
    }, REST);
  }

  /** @param {any} RenderedPlotly the class of the renderers */
  function followData({ prototype }) {
    const { renderModel, dispose } = prototype;
    prototype.renderModel = async function (/** @type {Model} */ model) {
      const place = model.data[PLOTLY].layout?.meta?.slot;
      if (place) places.set(place, { renderer: this, model });
      const text = JSON.stringify(model.data[PLOTLY]);
      // The picture of a figure arrives in the same way as another figure does.
      if (this.drawn === text) return;
      this.drawn = text;
      if (!this.hasGraphElement()) return renderModel.call(this, model);
      await draw(this, model.data[PLOTLY]);
      keepPicture(this, model, text);
    };
    prototype.dispose = function () {
      for (const [place, { renderer }] of places) if (renderer === this) places.delete(place);
      clearTimeout(this.picturing);
      dispose.call(this);
    };
  }

  /** Draws nothing: hands the figure to the output with the same mark. @param {any} Widget of Lumino */
  function messenger(Widget) {
    return class extends Widget {
      async renderModel(/** @type {Model} */ message) {
        const figure = message.data[MOVED];
        const { model } = places.get(figure.layout.meta.slot) ?? {};
        if (!model || JSON.stringify(model.data[PLOTLY]) === JSON.stringify(figure)) return;
        const { 'image/png': _old, ...data } = model.data;
        model.setData({ data: { ...data, [PLOTLY]: figure } });
      }
    };
  }

  page._JUPYTERLAB ??= {};
  page._JUPYTERLAB['descent-figures'] = {
    init: () => {},
    async get() {
      const plotly = await page._JUPYTERLAB['jupyterlab-plotly']?.get('./mimeExtension');
      if (!plotly) return () => ({ __esModule: true, default: [] });
      const { RenderedPlotly } = plotly();
      followData(RenderedPlotly);
      const Messenger = messenger(Object.getPrototypeOf(RenderedPlotly));
      const rendererFactory = { safe: true, mimeTypes: [MOVED], createRenderer: () => new Messenger() };
      const extension = { id: 'descent-figures:moved', rendererFactory, rank: 0, dataType: 'json' };
      return () => ({ __esModule: true, default: [extension] });
    },
  };
})();
