// The only file that draws a PDF: libharu stays here.
#include "labels/pdf.hpp"

#include <fmt/format.h>
#include <hpdf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <unordered_map>

#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {

constexpr double kEmboldening = 0.03;  // stroke width of a bold that the font does not have, of the size
constexpr std::size_t kLongestTitle = 200;
constexpr char16_t kFirstSpareCode = 0xE000, kEndOfSpareCodes = 0xF900;  // private use

struct FreeDocument {
  void operator()(HPDF_Doc doc) const { HPDF_Free(doc); }
};
using Document = std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, FreeDocument>;

void check(HPDF_Doc doc, const char* step) {
  const auto status = HPDF_GetError(doc);
  if (status != HPDF_OK) throw std::runtime_error(fmt::format("PDF: {} failed, code 0x{:04X}", step, static_cast<unsigned>(status)));
}

// libharu loads fonts from named files only: a file in memory that has a name while it is open.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes) : descriptor_(memfd_create("font", MFD_CLOEXEC)) {
    std::size_t written = 0;
    while (descriptor_ >= 0 && written < bytes.size()) {
      const auto count = ::write(descriptor_, bytes.data() + written, bytes.size() - written);
      if (count <= 0) break;
      written += static_cast<std::size_t>(count);
    }
    if (written == bytes.size() && descriptor_ >= 0) return;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw std::runtime_error("PDF: no memory file for a font");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

 private:
  int descriptor_;
};

// The glyphs a document uses of one face, each under a code: the character it shows, so that text can be copied, else a spare one.
// libharu's UTF-8 encoding knows the BMP only.
struct UsedFace {
  std::map<char16_t, GlyphId> glyphs;
  std::unordered_map<GlyphId, char16_t> codes;
  char16_t next_spare = kFirstSpareCode;
  HPDF_Font font = nullptr;
  char16_t code_of(const Glyph& glyph) {
    const auto [at, added] = codes.try_emplace(glyph.id, u'\0');
    if (!added) return at->second;
    const bool plain = glyph.shows >= 0x20 && glyph.shows < 0x10000 && !(glyph.shows >= kFirstSpareCode && glyph.shows < kEndOfSpareCodes);
    const auto own = static_cast<char16_t>(glyph.shows);
    if (!plain && next_spare == kEndOfSpareCodes) throw std::runtime_error("PDF: too many glyphs of one font");
    at->second = plain && glyphs.find(own) == glyphs.end() ? own : next_spare++;
    glyphs[at->second] = glyph.id;
    return at->second;
  }
};
using UsedFaces = std::map<const Face*, UsedFace>;

// Glyphs of one face that follow each other by their own widths.
struct DrawnRun {
  const Face* face = nullptr;
  bool embolden = false;
  double x = 0, y = 0;  // thousandths of the size, from the line's beginning
  std::string encoded;
};

void load_fonts(HPDF_Doc doc, UsedFaces& faces) {
  HPDF_UseUTFEncodings(doc);
  for (auto& [face, used] : faces) {
    const MemoryFile file(face->subset(used.glyphs));
    const char* name = HPDF_LoadTTFontFromFile(doc, file.path().c_str(), HPDF_TRUE);
    check(doc, face->name().c_str());
    used.font = HPDF_GetFont(doc, name, "UTF-8");
    check(doc, face->name().c_str());
  }
}

HPDF_REAL real(double value) { return static_cast<HPDF_REAL>(value); }

void draw_area(HPDF_Page page, double height, const PlacedArea& area) {
  if (area.outline > 0) {
    static constexpr HPDF_UINT16 kDashes[] = {4, 3};
    HPDF_Page_SetLineWidth(page, real(area.outline));
    HPDF_Page_SetGrayStroke(page, real(area.gray));
    HPDF_Page_SetDash(page, area.dashed ? kDashes : nullptr, area.dashed ? 2 : 0, 0);
  } else {
    HPDF_Page_SetGrayFill(page, real(area.gray));
  }
  HPDF_Page_Rectangle(page, real(area.box.x), real(height - area.box.bottom()), real(area.box.width), real(area.box.height));
  if (area.outline > 0)
    HPDF_Page_Stroke(page);
  else
    HPDF_Page_Fill(page);
}

// All bars as one path, so that no renderer shows seams between neighbors.
void draw_barcode(HPDF_Page page, double height, const PlacedBarcode& placed) {
  const Barcode& code = placed.code;
  const double row = placed.box.height / code.height;
  HPDF_Page_SetGrayFill(page, 0);
  for (int y = 0; y < code.height; ++y) {
    for (int x = 0; x < code.width; ++x) {
      if (!code.at(x, y)) continue;
      const int start = x;
      while (x < code.width && code.at(x, y)) ++x;
      HPDF_Page_Rectangle(page, real(placed.box.x + start * placed.module), real(height - placed.box.y - (y + 1) * row),
                          real((x - start) * placed.module), real(row));
    }
  }
  HPDF_Page_Fill(page);
}

void draw_text(HPDF_Page page, double height, const PlacedText& text, const std::vector<DrawnRun>& runs, UsedFaces& faces) {
  HPDF_Page_SetGrayFill(page, real(text.gray));
  HPDF_Page_SetGrayStroke(page, real(text.gray));
  HPDF_Page_BeginText(page);
  for (const DrawnRun& drawn : runs) {
    HPDF_Page_SetTextRenderingMode(page, drawn.embolden ? HPDF_FILL_THEN_STROKE : HPDF_FILL);
    if (drawn.embolden) HPDF_Page_SetLineWidth(page, real(text.size * kEmboldening));
    HPDF_Page_SetFontAndSize(page, faces[drawn.face].font, real(text.size));
    HPDF_Page_TextOut(page, real(text.box.x + drawn.x * text.size / 1000), real(height - text.baseline + drawn.y * text.size / 1000),
                      drawn.encoded.c_str());
  }
  HPDF_Page_EndText(page);
}

void add_drawn(const Run& run, double x, UsedFace& used, std::vector<DrawnRun>& out) {
  bool goes_on = false;  // the glyph follows the one before it by that one's own width
  for (const Glyph& glyph : run.glyphs) {
    const bool moved = glyph.dx != 0 || glyph.dy != 0;
    if (!goes_on || moved) out.push_back({run.face, run.embolden, x + glyph.dx, static_cast<double>(glyph.dy), {}});
    out.back().encoded += utf8_of(used.code_of(glyph));
    goes_on = !moved && glyph.advance == run.face->advance(glyph.id);
    x += glyph.advance;
  }
}

// Every text cut into runs, and the glyphs each face is used for.
std::vector<std::vector<std::vector<DrawnRun>>> runs_of(const Drawing& drawing, const Fonts& fonts, UsedFaces& faces) {
  std::vector<std::vector<std::vector<DrawnRun>>> pages;
  for (const Page& page : drawing.pages) {
    auto& texts = pages.emplace_back();
    for (const PlacedText& text : page.texts) {
      auto& drawn = texts.emplace_back();
      double x = 0;
      for (const Run& run : fonts.runs(text.text, text.weight)) {
        add_drawn(run, x, faces[run.face], drawn);
        x += run.width;
      }
    }
  }
  return pages;
}

void set_info(HPDF_Doc doc, const Drawing& drawing, Instant now) {
  const Civil at = to_civil(now);
  const HPDF_Date date{at.year,
                       static_cast<int>(at.month),
                       static_cast<int>(at.day),
                       static_cast<int>(at.hour),
                       static_cast<int>(at.minute),
                       static_cast<int>(at.second),
                       'Z',
                       0,
                       0};
  HPDF_SetInfoAttr(doc, HPDF_INFO_PRODUCER, "Roundtrip");
  std::string title;
  for (const char c : drawing.title.substr(0, kLongestTitle)) title += c >= 0x20 && c < 0x7F ? c : '?';
  HPDF_SetInfoAttr(doc, HPDF_INFO_TITLE, title.c_str());
  HPDF_SetInfoDateAttr(doc, HPDF_INFO_CREATION_DATE, date);
  HPDF_SetInfoDateAttr(doc, HPDF_INFO_MOD_DATE, date);
}

std::string saved(HPDF_Doc doc) {
  HPDF_SaveToStream(doc);
  check(doc, "saving");
  std::string out(HPDF_GetStreamSize(doc), '\0');
  HPDF_UINT32 size = static_cast<HPDF_UINT32>(out.size());
  HPDF_ResetStream(doc);
  HPDF_ReadFromStream(doc, reinterpret_cast<HPDF_BYTE*>(out.data()), &size);
  out.resize(size);
  return out;
}

}  // namespace

std::string pdf(const Drawing& drawing, const Fonts& fonts, Instant now) {
  const Document doc(HPDF_New(nullptr, nullptr));
  if (!doc) throw std::runtime_error("PDF: no memory for a document");
  HPDF_SetCompressionMode(doc.get(), HPDF_COMP_ALL);
  set_info(doc.get(), drawing, now);
  check(doc.get(), "document");
  UsedFaces faces;
  const auto pages = runs_of(drawing, fonts, faces);
  load_fonts(doc.get(), faces);
  for (std::size_t i = 0; i < drawing.pages.size(); ++i) {
    const Page& page = drawing.pages[i];
    HPDF_Page sheet = HPDF_AddPage(doc.get());
    HPDF_Page_SetWidth(sheet, real(page.width));
    HPDF_Page_SetHeight(sheet, real(page.height));
    for (const PlacedArea& area : page.areas) draw_area(sheet, page.height, area);
    for (const PlacedBarcode& barcode : page.barcodes) draw_barcode(sheet, page.height, barcode);
    for (std::size_t t = 0; t < page.texts.size(); ++t) draw_text(sheet, page.height, page.texts[t], pages[i][t], faces);
    check(doc.get(), "drawing");
  }
  return saved(doc.get());
}

std::optional<std::string> pdf_of_picture(const std::string& png) {
  constexpr double kShort = 4 * 72, kLong = 6 * 72;
  const Document doc(HPDF_New(nullptr, nullptr));
  if (!doc) throw std::runtime_error("PDF: no memory for a document");
  HPDF_SetCompressionMode(doc.get(), HPDF_COMP_ALL);
  HPDF_Image image =
      HPDF_LoadPngImageFromMem(doc.get(), reinterpret_cast<const HPDF_BYTE*>(png.data()), static_cast<HPDF_UINT>(png.size()));
  if (image == nullptr || HPDF_GetError(doc.get()) != HPDF_OK) return std::nullopt;
  const double width = HPDF_Image_GetWidth(image), height = HPDF_Image_GetHeight(image);
  if (width < 1 || height < 1) return std::nullopt;
  const bool wide = width > height;
  const double page_width = wide ? kLong : kShort, page_height = wide ? kShort : kLong;
  const double scale = std::min(page_width / width, page_height / height);
  HPDF_Page sheet = HPDF_AddPage(doc.get());
  HPDF_Page_SetWidth(sheet, real(page_width));
  HPDF_Page_SetHeight(sheet, real(page_height));
  HPDF_Page_DrawImage(sheet, image, real((page_width - width * scale) / 2), real((page_height - height * scale) / 2), real(width * scale),
                      real(height * scale));
  check(doc.get(), "picture");
  return saved(doc.get());
}

}  // namespace roundtrip::labels
