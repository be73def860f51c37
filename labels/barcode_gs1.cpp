// GS1-128 and GS1 DataMatrix through zint: ZXing's writers know no FNC1.
#include <zint.h>

#include <memory>

#include "labels/barcode.hpp"

namespace roundtrip::labels {
namespace {

Result<Barcode> encoded(Symbology symbology, int zint_symbology, const std::string& elements) {
  const std::unique_ptr<zint_symbol, void (*)(zint_symbol*)> symbol(ZBarcode_Create(), ZBarcode_Delete);
  if (!symbol) throw std::bad_alloc();
  symbol->symbology = zint_symbology;
  symbol->input_mode = GS1_MODE | GS1PARENS_MODE;
  symbol->show_hrt = 0;
  if (symbology == Symbology::gs1_data_matrix) symbol->option_3 = DM_SQUARE;
  const auto* text = reinterpret_cast<const unsigned char*>(elements.data());
  if (elements.empty() || ZBarcode_Encode(symbol.get(), text, static_cast<int>(elements.size())) != 0) {
    return Error{ErrorKind::invalid, "barcode_content_invalid", std::string("This is no GS1 content: ") + symbol->errtxt};
  }
  Barcode out{symbology, elements, symbol->width, symbol->rows, {}};
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) out.dark.push_back((symbol->encoded_data[y][x >> 3] >> (x & 7) & 1) != 0);
  }
  return out;
}

}  // namespace

Result<Barcode> gs1_128(const std::string& elements) { return encoded(Symbology::gs1_128, BARCODE_GS1_128, elements); }
Result<Barcode> gs1_data_matrix(const std::string& elements) { return encoded(Symbology::gs1_data_matrix, BARCODE_DATAMATRIX, elements); }

}  // namespace roundtrip::labels
