// The fonts labels are printed with: which has a character, how wide it is, what it looks like.
//
// libharu 2.3 loses the parts of composite glyphs and is slow with whole fonts, so a face is never given
// to it: subset() writes a small font of the glyphs that one document uses, each flattened to plain contours.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace roundtrip::labels {

enum class Weight { regular, bold };

struct OutlinePoint {
  int x = 0, y = 0;  // font units, y up
  bool on_curve = true;
};
using Contour = std::vector<OutlinePoint>;

using GlyphId = std::uint16_t;
// A glyph as it stands in a line; lengths are thousandths of the size.
struct Glyph {
  GlyphId id = 0;
  char32_t shows = 0;  // the one character that it alone shows; 0: a part of one, or several joined
  int advance = 0;
  int dx = 0, dy = 0;  // moved to the right and up
};
// What Face::shaped works with (shaping.cpp). The bytes must outlive it.
std::shared_ptr<void> make_shaper(const std::string& font_bytes);

// One TrueType file with glyf outlines, read once. Immutable, so that threads share it.
class Face {
 public:
  // Throws std::runtime_error naming the file when it is missing or not such a font.
  explicit Face(const std::string& path);
  const std::string& name() const { return name_; }
  bool has(char32_t code_point) const { return glyph(code_point) != 0; }
  // 0: the font does not have it.
  GlyphId glyph(char32_t code_point) const;
  // Thousandths of the size, as a PDF counts them.
  int advance(GlyphId glyph) const;
  int units_per_em() const { return units_per_em_; }
  // The contours of a glyph, composites resolved; empty for a blank.
  std::vector<Contour> outline(GlyphId glyph) const;
  // The glyphs of a text in one direction, from left to right, joined and placed as its script wants it.
  std::vector<Glyph> shaped(std::u32string_view text, bool right_to_left) const;
  // A TrueType file that has only these glyphs, each under the code it is mapped to.
  std::string subset(const std::map<char16_t, GlyphId>& glyphs) const;

 private:
  struct Metrics {
    int advance = 0;  // font units
    int shift = 0;    // what moves the outline to its left side bearing
  };
  Metrics metrics_of(std::uint16_t glyph, int depth) const;
  void add_contours(std::uint16_t glyph, const std::array<double, 6>& matrix, int depth, std::vector<Contour>& out) const;
  void add_components(std::size_t at, const std::array<double, 6>& matrix, int depth, std::vector<Contour>& out) const;
  void read_cmap();
  void read_cmap_4(std::size_t at);
  void read_cmap_12(std::size_t at);
  std::uint16_t u16(std::size_t at) const;
  std::int16_t i16(std::size_t at) const { return static_cast<std::int16_t>(u16(at)); }
  std::uint32_t u32(std::size_t at) const;
  std::size_t table(const char* tag) const;
  std::size_t glyph_start(std::uint16_t glyph) const;

  std::string name_, bytes_;
  std::unordered_map<char32_t, std::uint16_t> glyphs_;
  std::size_t glyf_ = 0, loca_ = 0, hmtx_ = 0;
  int units_per_em_ = 0, glyph_count_ = 0, metric_count_ = 0;
  bool long_loca_ = false;
  std::shared_ptr<void> shaper_;
};

// Neighboring glyphs of one line that one face draws, from left to right.
struct Run {
  const Face* face = nullptr;
  bool embolden = false;  // bold was wanted, the face has only a regular weight
  std::vector<Glyph> glyphs;
  int width = 0;  // thousandths of the size
};

class Fonts {
 public:
  // Reads faces from `folder` on first need. Throws when a file is missing.
  explicit Fonts(std::string folder);
  ~Fonts();
  // Cuts a line into runs: of each direction the first face that has all of it, else for each character the face
  // of its neighbor if that has it, else the first that does. Characters no face has are left out.
  std::vector<Run> runs(std::string_view utf8, Weight weight) const;
  // Width in points.
  double width(std::string_view utf8, Weight weight, double size) const;
  // The first character that no face has, or nothing when the line can be printed as it is.
  std::optional<char32_t> missing(std::string_view utf8, Weight weight) const;

 private:
  struct Faces;
  std::unique_ptr<Faces> faces_;
};

// The text with "?" for every character that no face has, so that it can be printed.
std::string with_question_marks(std::string_view utf8, const Fonts& fonts);

// Where `fonts()` reads from; call before its first use (main does, from assets.dir). Default: the build's folder.
void set_fonts_folder(const std::string& folder);
const Fonts& fonts();

}  // namespace roundtrip::labels
