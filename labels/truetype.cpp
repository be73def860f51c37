// Reading TrueType outlines and writing the small, flat fonts that go into a PDF.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "labels/fonts.hpp"

namespace roundtrip::labels {
namespace {

constexpr int kMaxComponentDepth = 6;
constexpr int kMaxContoursOfGlyph = 2000;

// Flags of glyf, from the OpenType specification.
constexpr int kOnCurve = 0x01, kXShort = 0x02, kYShort = 0x04, kRepeat = 0x08, kXSame = 0x10, kYSame = 0x20;
constexpr int kArgsAreWords = 0x0001, kArgsAreOffsets = 0x0002, kScale = 0x0008, kMoreComponents = 0x0020;
constexpr int kTwoScales = 0x0040, kTwoByTwo = 0x0080, kUseMyMetrics = 0x0200, kScaledOffset = 0x0800;

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("font not found: " + path + " (is assets.dir right, was the program built with its fonts?)");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Big-endian bytes.
struct Bytes {
  std::string text;
  Bytes& u8(unsigned value) {
    text += static_cast<char>(value & 0xFF);
    return *this;
  }
  Bytes& u16(unsigned value) { return u8(value >> 8).u8(value); }
  Bytes& i16(int value) { return u16(static_cast<unsigned>(value) & 0xFFFF); }
  Bytes& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xFFFF); }
  Bytes& pad(std::size_t to) {
    while (text.size() % to != 0) u8(0);
    return *this;
  }
};

struct Extent {
  int x_min = 0, y_min = 0, x_max = 0, y_max = 0;
};

Extent extent_of(const std::vector<Contour>& contours) {
  Extent box;
  bool first = true;
  for (const Contour& contour : contours) {
    for (const OutlinePoint& p : contour) {
      if (first) box = {p.x, p.y, p.x, p.y};
      first = false;
      box = {std::min(box.x_min, p.x), std::min(box.y_min, p.y), std::max(box.x_max, p.x), std::max(box.y_max, p.y)};
    }
  }
  return box;
}

// One simple glyph: every coordinate as a word, no instructions.
std::string glyph_bytes(const std::vector<Contour>& contours) {
  if (contours.empty()) return {};
  const Extent box = extent_of(contours);
  Bytes out, x, y;
  out.i16(static_cast<int>(contours.size())).i16(box.x_min).i16(box.y_min).i16(box.x_max).i16(box.y_max);
  int last = -1;
  for (const Contour& contour : contours) out.u16(static_cast<unsigned>(last += static_cast<int>(contour.size())));
  out.u16(0);
  OutlinePoint before{0, 0, true};
  for (const Contour& contour : contours) {
    for (const OutlinePoint& p : contour) {
      const int dx = p.x - before.x, dy = p.y - before.y;
      int flags = p.on_curve ? kOnCurve : 0;
      if (dx == 0)
        flags |= kXSame;
      else if (std::abs(dx) < 256)
        flags |= kXShort | (dx > 0 ? kXSame : 0), x.u8(static_cast<unsigned>(std::abs(dx)));
      else
        x.i16(dx);
      if (dy == 0)
        flags |= kYSame;
      else if (std::abs(dy) < 256)
        flags |= kYShort | (dy > 0 ? kYSame : 0), y.u8(static_cast<unsigned>(std::abs(dy)));
      else
        y.i16(dy);
      out.u8(static_cast<unsigned>(flags));
      before = p;
    }
  }
  out.text += x.text + y.text;
  return out.pad(4).text;
}

// cmap with one format 4 table, one segment a character (a document uses a hundred or so).
std::string cmap_bytes(const std::vector<char16_t>& codes) {
  const unsigned segments = static_cast<unsigned>(codes.size()) + 1;
  const unsigned power = std::bit_floor(segments);
  Bytes out;
  out.u16(0).u16(1).u16(3).u16(1).u32(12);
  out.u16(4).u16(16 + segments * 8).u16(0).u16(segments * 2).u16(power * 2).u16(static_cast<unsigned>(std::bit_width(power)) - 1);
  out.u16((segments - power) * 2);
  for (const char16_t code : codes) out.u16(code);
  out.u16(0xFFFF).u16(0);
  for (const char16_t code : codes) out.u16(code);
  out.u16(0xFFFF);
  for (std::size_t i = 0; i < codes.size(); ++i) out.u16(static_cast<unsigned>(i + 1) - codes[i]);
  out.u16(1);
  for (unsigned i = 0; i < segments; ++i) out.u16(0);
  return out.text;
}

// PostScript name and style, which libharu asks for.
std::string name_table_bytes(const std::string& name) {
  const std::string style = "Regular";
  Bytes out;
  out.u16(0).u16(2).u16(6 + 2 * 12);
  out.u16(1).u16(0).u16(0).u16(2).u16(static_cast<unsigned>(style.size())).u16(0);
  out.u16(1).u16(0).u16(0).u16(6).u16(static_cast<unsigned>(name.size())).u16(static_cast<unsigned>(style.size()));
  return out.text + style + name;
}

std::uint32_t checksum_of(const std::string& padded) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 3 < padded.size(); i += 4) {
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(padded[i])) << 24 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(padded[i + 1])) << 16 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(padded[i + 2])) << 8 | static_cast<unsigned char>(padded[i + 3]);
  }
  return sum;
}

std::string font_file_bytes(const std::map<std::string, std::string>& tables) {
  const unsigned count = static_cast<unsigned>(tables.size());
  const unsigned power = std::bit_floor(count);
  Bytes head, body;
  head.u32(0x00010000).u16(count).u16(power * 16).u16(static_cast<unsigned>(std::bit_width(power)) - 1).u16((count - power) * 16);
  for (const auto& [tag, content] : tables) {
    Bytes padded{content};
    padded.pad(4);
    head.text += tag;
    head.u32(checksum_of(padded.text)).u32(static_cast<std::uint32_t>(12 + 16 * count + body.text.size()));
    head.u32(static_cast<std::uint32_t>(content.size()));
    body.text += padded.text;
  }
  return head.text + body.text;
}

}  // namespace

std::uint16_t Face::u16(std::size_t at) const {
  if (at + 2 > bytes_.size()) throw std::runtime_error("font is cut off: " + name_);
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes_[at]) << 8 | static_cast<unsigned char>(bytes_[at + 1]));
}

std::uint32_t Face::u32(std::size_t at) const { return static_cast<std::uint32_t>(u16(at)) << 16 | u16(at + 2); }

std::size_t Face::table(const char* tag) const {
  const int count = u16(4);
  for (int i = 0; i < count; ++i) {
    const std::size_t at = 12 + 16 * static_cast<std::size_t>(i);
    u16(at + 14);
    if (std::memcmp(bytes_.data() + at, tag, 4) == 0) return u32(at + 8);
  }
  throw std::runtime_error("font " + name_ + " has no table " + tag + ": only TrueType fonts with glyf outlines can be used");
}

Face::Face(const std::string& path) : bytes_(read_whole(path)) {
  const auto slash = path.rfind('/');
  name_ = path.substr(slash == std::string::npos ? 0 : slash + 1);
  name_ = name_.substr(0, name_.rfind('.'));
  const std::size_t head = table("head");
  units_per_em_ = u16(head + 18);
  if (units_per_em_ == 0) throw std::runtime_error("font " + name_ + " has no units per em");
  long_loca_ = i16(head + 50) != 0;
  glyph_count_ = u16(table("maxp") + 4);
  metric_count_ = u16(table("hhea") + 34);
  if (metric_count_ == 0) throw std::runtime_error("font " + name_ + " has no metrics");
  glyf_ = table("glyf");
  loca_ = table("loca");
  hmtx_ = table("hmtx");
  read_cmap();
  shaper_ = make_shaper(bytes_);
}

void Face::read_cmap() {
  const std::size_t cmap = table("cmap");
  const int count = u16(cmap + 2);
  for (int i = 0; i < count; ++i) {
    const std::size_t record = cmap + 4 + 8 * static_cast<std::size_t>(i);
    const int platform = u16(record), encoding = u16(record + 2);
    const bool unicode = platform == 0 || (platform == 3 && (encoding == 1 || encoding == 10));
    const std::size_t at = cmap + u32(record + 4);
    if (unicode && u16(at) == 4) read_cmap_4(at);
    if (unicode && u16(at) == 12) read_cmap_12(at);
  }
  if (glyphs_.empty()) throw std::runtime_error("font " + name_ + " has no Unicode map");
}

void Face::read_cmap_4(std::size_t at) {
  const std::size_t segments = u16(at + 6) / 2;
  const std::size_t ends = at + 14, starts = ends + segments * 2 + 2, deltas = starts + segments * 2, offsets = deltas + segments * 2;
  for (std::size_t s = 0; s < segments; ++s) {
    const std::uint32_t start = u16(starts + s * 2), end = u16(ends + s * 2), offset = u16(offsets + s * 2);
    for (std::uint32_t code = start; code <= end && code < 0xFFFF; ++code) {
      std::uint32_t glyph = code;
      if (offset != 0) glyph = u16(offsets + s * 2 + offset + (code - start) * 2);
      if (offset != 0 && glyph == 0) continue;
      glyph = (glyph + u16(deltas + s * 2)) & 0xFFFF;
      if (glyph != 0 && glyph < static_cast<std::uint32_t>(glyph_count_)) glyphs_[code] = static_cast<std::uint16_t>(glyph);
    }
  }
}

void Face::read_cmap_12(std::size_t at) {
  const std::uint32_t groups = u32(at + 12);
  for (std::uint32_t g = 0; g < groups; ++g) {
    const std::size_t group = at + 16 + 12 * static_cast<std::size_t>(g);
    const std::uint32_t start = u32(group), end = std::min<std::uint32_t>(u32(group + 4), 0x10FFFF), first = u32(group + 8);
    for (std::uint32_t code = start; code <= end; ++code) {
      const std::uint32_t glyph = first + (code - start);
      if (glyph != 0 && glyph < static_cast<std::uint32_t>(glyph_count_)) glyphs_[code] = static_cast<std::uint16_t>(glyph);
    }
  }
}

GlyphId Face::glyph(char32_t code_point) const {
  const auto found = glyphs_.find(code_point);
  return found == glyphs_.end() ? 0 : found->second;
}

int Face::advance(GlyphId glyph) const { return metrics_of(glyph, 0).advance * 1000 / units_per_em_; }

// A composite may say that its metrics are those of one of its parts.
Face::Metrics Face::metrics_of(std::uint16_t glyph, int depth) const {
  const std::size_t start = glyph_start(glyph);
  const bool blank = start == glyph_start(static_cast<std::uint16_t>(glyph + 1));
  if (!blank && i16(start) < 0 && depth < kMaxComponentDepth) {
    std::size_t at = start + 10;
    for (int flags = kMoreComponents; flags & kMoreComponents;) {
      flags = u16(at);
      if (flags & kUseMyMetrics) return metrics_of(u16(at + 2), depth + 1);
      at += flags & kArgsAreWords ? 8 : 6;
      at += flags & kScale ? 2 : flags & kTwoScales ? 4 : flags & kTwoByTwo ? 8 : 0;
    }
  }
  const std::size_t index = glyph, count = static_cast<std::size_t>(metric_count_);
  const std::size_t bearing_at = index < count ? hmtx_ + 4 * index + 2 : hmtx_ + 4 * count + 2 * (index - count);
  return {u16(hmtx_ + 4 * std::min(index, count - 1)), blank ? 0 : i16(bearing_at) - i16(start + 2)};
}

std::size_t Face::glyph_start(std::uint16_t glyph) const {
  return glyf_ + (long_loca_ ? u32(loca_ + 4 * std::size_t{glyph}) : 2 * std::size_t{u16(loca_ + 2 * std::size_t{glyph})});
}

std::vector<Contour> Face::outline(GlyphId glyph) const {
  std::vector<Contour> out;
  if (glyph != 0) add_contours(glyph, {1, 0, 0, 1, static_cast<double>(metrics_of(glyph, 0).shift), 0}, 0, out);
  return out;
}

void Face::add_contours(std::uint16_t glyph, const std::array<double, 6>& m, int depth, std::vector<Contour>& out) const {
  if (glyph >= glyph_count_ || depth > kMaxComponentDepth || out.size() > kMaxContoursOfGlyph) return;
  std::size_t at = glyph_start(glyph);
  if (at == glyph_start(static_cast<std::uint16_t>(glyph + 1))) return;
  const int contours = i16(at);
  if (contours < 0) return add_components(at + 10, m, depth, out);
  std::vector<int> ends;
  for (at += 10; static_cast<int>(ends.size()) < contours; at += 2) ends.push_back(u16(at));
  const std::size_t points = ends.empty() ? 0 : static_cast<std::size_t>(ends.back()) + 1;
  at += 2 + u16(at);
  std::vector<int> flags;
  while (flags.size() < points) {
    const int flag = u16(at) >> 8;
    const int times = flag & kRepeat ? 1 + (u16(at) & 0xFF) : 1;
    flags.insert(flags.end(), static_cast<std::size_t>(times), flag);
    at += flag & kRepeat ? 2 : 1;
  }
  std::vector<int> coordinates[2];
  for (int axis = 0; axis < 2; ++axis) {
    const int is_short = axis == 0 ? kXShort : kYShort, same = axis == 0 ? kXSame : kYSame;
    int value = 0;
    for (std::size_t i = 0; i < points; ++i) {
      if (flags[i] & is_short)
        value += (flags[i] & same ? 1 : -1) * static_cast<int>(static_cast<unsigned char>(bytes_.at(at++)));
      else if (!(flags[i] & same))
        value += i16(at), at += 2;
      coordinates[axis].push_back(value);
    }
  }
  std::size_t point = 0;
  for (const int end : ends) {
    Contour contour;
    for (; point <= static_cast<std::size_t>(end) && point < points; ++point) {
      const double x = coordinates[0][point], y = coordinates[1][point];
      contour.push_back({static_cast<int>(std::lround(m[0] * x + m[2] * y + m[4])),
                         static_cast<int>(std::lround(m[1] * x + m[3] * y + m[5])), (flags[point] & kOnCurve) != 0});
    }
    if (contour.size() > 1) out.push_back(std::move(contour));
  }
}

void Face::add_components(std::size_t at, const std::array<double, 6>& m, int depth, std::vector<Contour>& out) const {
  int flags = kMoreComponents;
  while (flags & kMoreComponents) {
    flags = u16(at);
    const std::uint16_t glyph = u16(at + 2);
    at += 4;
    double dx = 0, dy = 0;
    if (!(flags & kArgsAreOffsets)) throw std::runtime_error("font " + name_ + " joins glyphs by points, which is not supported");
    if (flags & kArgsAreWords)
      dx = i16(at), dy = i16(at + 2), at += 4;
    else
      dx = static_cast<signed char>(bytes_.at(at)), dy = static_cast<signed char>(bytes_.at(at + 1)), at += 2;
    const auto f2dot14 = [&] { return at += 2, i16(at - 2) / 16384.0; };
    double a = 1, b = 0, c = 0, d = 1;
    if (flags & kScale)
      a = d = f2dot14();
    else if (flags & kTwoScales)
      a = f2dot14(), d = f2dot14();
    else if (flags & kTwoByTwo)
      a = f2dot14(), b = f2dot14(), c = f2dot14(), d = f2dot14();
    if (flags & kScaledOffset) dx *= std::hypot(a, b), dy *= std::hypot(c, d);
    const std::array<double, 6> inner = {m[0] * a + m[2] * b, m[1] * a + m[3] * b,          m[0] * c + m[2] * d,
                                         m[1] * c + m[3] * d, m[0] * dx + m[2] * dy + m[4], m[1] * dx + m[3] * dy + m[5]};
    add_contours(glyph, inner, depth + 1, out);
  }
}

std::string Face::subset(const std::map<char16_t, GlyphId>& wanted) const {
  std::vector<char16_t> codes;
  Bytes loca, hmtx;
  std::string glyf;
  // Glyph 0 is empty; its width is what a PDF gives to every character it does not list.
  loca.u32(0);
  hmtx.u16(static_cast<unsigned>(units_per_em_)).i16(0);
  unsigned most_points = 0, most_contours = 0;
  for (const auto& [code, id] : wanted) {
    const auto contours = outline(id);
    loca.u32(static_cast<std::uint32_t>(glyf.size()));
    glyf += glyph_bytes(contours);
    // libharu does not write a text without any width, such as a mark alone.
    hmtx.u16(static_cast<unsigned>(std::max(metrics_of(id, 0).advance, units_per_em_ / 1000 + 1))).i16(extent_of(contours).x_min);
    codes.push_back(code);
    unsigned points = 0;
    for (const Contour& contour : contours) points += static_cast<unsigned>(contour.size());
    most_points = std::max(most_points, points);
    most_contours = std::max(most_contours, static_cast<unsigned>(contours.size()));
  }
  loca.u32(static_cast<std::uint32_t>(glyf.size()));
  if (glyf.empty()) glyf = std::string(4, '\0');
  const unsigned glyphs = static_cast<unsigned>(codes.size()) + 1;
  std::string head = bytes_.substr(table("head"), 54), hhea = bytes_.substr(table("hhea"), 36), os2 = bytes_.substr(table("OS/2"), 78);
  head.replace(50, 2, std::string("\0\1", 2));  // long loca
  hhea.replace(34, 2, Bytes{}.u16(glyphs).text);
  os2.replace(0, 2, std::string(2, '\0'));
  Bytes maxp, post;
  maxp.u32(0x00010000).u16(glyphs).u16(most_points).u16(most_contours).u16(0).u16(0).u16(2);
  for (int i = 0; i < 8; ++i) maxp.u16(0);
  post.u32(0x00030000);
  for (int i = 0; i < 7; ++i) post.u32(0);
  return font_file_bytes({{"OS/2", os2},
                          {"cmap", cmap_bytes(codes)},
                          {"cvt ", std::string(4, '\0')},
                          {"fpgm", std::string(4, '\0')},
                          {"glyf", glyf},
                          {"head", head},
                          {"hhea", hhea},
                          {"hmtx", hmtx.text},
                          {"loca", loca.text},
                          {"maxp", maxp.text},
                          {"name", name_table_bytes(name_)},
                          {"post", post.text},
                          {"prep", std::string(4, '\0')}});
}

}  // namespace roundtrip::labels
