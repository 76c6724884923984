// What Bokeh does and our pages need not. Private in Bokeh, so here only; each with the public name it waits for.

/** Have one view made of every glyph. Bokeh makes five: as it is, chosen, not chosen, muted, and thinned out while one
 * drags. Ours are never chosen or muted and hold few points, so that the other four are the first. No view of a variant
 * that is switched off would do. To be called before Bokeh makes a page. */
export function viewGlyphsOnce() {
  const { Bokeh } = /** @type {Foreign} */ (window);
  const renderer = Bokeh.Models.get("GlyphRenderer").prototype.default_view.prototype;
  const build = renderer.build_glyph_view;
  /** @this {Foreign} @param {Foreign} glyph */
  renderer.build_glyph_view = async function (glyph) {
    return this.glyph ? Object.assign(Object.create(this.glyph), PREPARED) : await build.call(this, glyph);
  };
}

const nothing = () => {};
const PREPARED = {
  set_base: nothing,
  set_data: nothing,
  set_visuals: nothing,
  after_visuals: nothing,
  after_lazy_visuals: nothing,
  map_data: nothing,
  remove: nothing,
};
