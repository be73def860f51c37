// Letters that join, stack and move (Arabic, Hebrew, Thai, Devanagari, combining marks): HarfBuzz stays here.
#include <hb.h>

#include <map>

#include "labels/fonts.hpp"

namespace roundtrip::labels {

std::shared_ptr<void> make_shaper(const std::string& font_bytes) {
  hb_blob_t* blob = hb_blob_create(font_bytes.data(), static_cast<unsigned>(font_bytes.size()), HB_MEMORY_MODE_READONLY, nullptr, nullptr);
  hb_face_t* face = hb_face_create(blob, 0);
  hb_font_t* font = hb_font_create(face);
  hb_face_destroy(face);
  hb_blob_destroy(blob);
  hb_font_make_immutable(font);  // so that threads share it
  return {font, [](void* made) { hb_font_destroy(static_cast<hb_font_t*>(made)); }};
}

std::vector<Glyph> Face::shaped(std::u32string_view text, bool right_to_left) const {
  const std::unique_ptr<hb_buffer_t, void (*)(hb_buffer_t*)> buffer(hb_buffer_create(), hb_buffer_destroy);
  const auto length = static_cast<int>(text.size());
  hb_buffer_add_utf32(buffer.get(), reinterpret_cast<const std::uint32_t*>(text.data()), length, 0, length);
  hb_buffer_set_direction(buffer.get(), right_to_left ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  hb_buffer_guess_segment_properties(buffer.get());
  hb_buffer_set_language(buffer.get(), hb_language_from_string("und", -1));  // never the locale of the machine
  hb_shape(static_cast<hb_font_t*>(shaper_.get()), buffer.get(), nullptr, 0);
  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const hb_glyph_position_t* places = hb_buffer_get_glyph_positions(buffer.get(), nullptr);
  std::map<unsigned, unsigned> glyphs_of;  // of a cluster
  for (unsigned i = 0; i < count; ++i) ++glyphs_of[infos[i].cluster];
  std::vector<Glyph> out;
  const auto thousandths = [&](hb_position_t units) { return units * 1000 / units_per_em_; };
  for (unsigned i = 0; i < count; ++i) {
    const auto next = glyphs_of.upper_bound(infos[i].cluster);
    const std::size_t end = next == glyphs_of.end() ? text.size() : next->first;
    const bool alone = glyphs_of[infos[i].cluster] == 1 && end - infos[i].cluster == 1;
    out.push_back({static_cast<GlyphId>(infos[i].codepoint), alone ? text[infos[i].cluster] : U'\0', thousandths(places[i].x_advance),
                   thousandths(places[i].x_offset), thousandths(places[i].y_offset)});
  }
  return out;
}

}  // namespace roundtrip::labels
