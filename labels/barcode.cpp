// Code 128 and QR through ZXing's writers.
#include "labels/barcode.hpp"

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

#include <algorithm>
#include <exception>

namespace roundtrip::labels {
namespace {

constexpr std::size_t kLongestCode128 = 48;
constexpr std::size_t kLongestQr = 400;
constexpr int kMediumCorrection = 4;  // of ZXing's 0 to 8: QR level M

Error unfit(const std::string& message) { return {ErrorKind::invalid, "barcode_content_invalid", message}; }

Barcode modules_of(Symbology symbology, const std::string& content, const ZXing::BitMatrix& bits) {
  Barcode out{symbology, content, bits.width(), symbology == Symbology::code128 ? 1 : bits.height(), {}};
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) out.dark.push_back(bits.get(x, y));
  }
  return out;
}

// The writer throws for what it cannot encode (text that is not UTF-8).
Result<Barcode> written(Symbology symbology, const std::string& content, const ZXing::MultiFormatWriter& writer) {
  try {
    return modules_of(symbology, content, writer.encode(content, 0, symbology == Symbology::code128 ? 1 : 0));
  } catch (const std::exception&) {
    return unfit("This text cannot be written as a barcode.");
  }
}

}  // namespace

Result<Barcode> code128(const std::string& content) {
  if (content.empty()) return unfit("A barcode needs at least one character.");
  if (content.size() > kLongestCode128) return unfit("A Code 128 on a label holds at most 48 characters.");
  const bool printable = std::all_of(content.begin(), content.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!printable) return unfit("A Code 128 holds printable ASCII characters only.");
  return written(Symbology::code128, content, ZXing::MultiFormatWriter(ZXing::BarcodeFormat::Code128).setMargin(0));
}

Result<Barcode> qr(const std::string& content) {
  if (content.empty()) return unfit("A QR code needs at least one character.");
  if (content.size() > kLongestQr) return unfit("A QR code on a label holds at most 400 bytes.");
  ZXing::MultiFormatWriter writer(ZXing::BarcodeFormat::QRCode);
  writer.setMargin(0).setEccLevel(kMediumCorrection);
  const bool ascii = std::all_of(content.begin(), content.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!ascii) writer.setEncoding(ZXing::CharacterSet::UTF8);
  return written(Symbology::qr, content, writer);
}

}  // namespace roundtrip::labels
