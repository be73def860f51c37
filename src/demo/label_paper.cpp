// Labels and lists on paper.
#include "demo/label_paper.hpp"

#include "labels/layout.hpp"
#include "labels/pdf.hpp"
#include "labels/png.hpp"
#include "labels/sheet.hpp"
#include "labels/zpl.hpp"

namespace roundtrip::demo {
namespace {
constexpr double kPrinterDpi = 203, kPageWidth = 595, kPageHeight = 842;
constexpr std::size_t kMostListed = 120;

std::string printable(const std::string& text) { return labels::with_question_marks(text, labels::fonts()); }

labels::PostalAddress postal(const LabelAddress& address) {
  return {printable(address.name),
          printable(address.company),
          printable(address.line1),
          printable(address.line2),
          printable(address.city),
          printable(address.region),
          printable(address.postal_code),
          address.country,
          ""};
}

labels::Drawing drawing_of(const SoldLabel& label, const std::string& title) {
  labels::ParcelLabel paper;
  paper.from = postal(label.sale.from);
  paper.to = postal(label.sale.to);
  paper.carrier = title;
  paper.service = printable(label.sale.service);
  paper.tracking_number = label.number;
  paper.code = label.number;
  paper.order = printable(label.sale.reference);
  paper.day = format_date(label.sold_at);
  paper.weight_g = label.sale.weight_g;
  auto drawing = labels::lay_out(paper, labels::fonts());
  if (!drawing) throw std::runtime_error("the demo carrier cannot draw a label: " + drawing.error().message);
  return std::move(*drawing);
}

// A page of lines under a heading and, where there is one, a barcode.
std::string page_of(const std::string& heading, const std::string& code, const std::vector<std::string>& lines, Instant now) {
  labels::Sheet sheet(labels::fonts(), kPageWidth, kPageHeight);
  sheet.text({40, 40, kPageWidth - 80, 30}, heading, {labels::Weight::bold, 18});
  double y = 80;
  if (!code.empty()) {
    sheet.barcode({40, y, kPageWidth - 80, 60}, labels::code128(code), 3, labels::Align::left);
    sheet.text({40, y + 66, kPageWidth - 80, 14}, code, {labels::Weight::regular, 10});
    y += 92;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const double x = 40 + 170 * static_cast<double>(i / 40 % 3);
    sheet.text({x, y + 16 * static_cast<double>(i % 40), lines.size() > 40 ? 165.0 : kPageWidth - 80, 15}, printable(lines[i]),
               {labels::Weight::regular, 9});
  }
  auto drawing = std::move(sheet).finish(heading);
  if (!drawing) throw std::runtime_error("the demo carrier cannot draw a page: " + drawing.error().message);
  return labels::pdf(*drawing, labels::fonts(), now);
}
}  // namespace

std::string label_paper(const SoldLabel& label, const std::string& title, const std::string& format) {
  const labels::Drawing drawing = drawing_of(label, title);
  if (format == "zpl") return labels::zpl(drawing, labels::fonts());
  if (format == "png") return labels::png(labels::rasterize(drawing.pages.at(0), labels::fonts(), kPrinterDpi));
  return labels::pdf(drawing, labels::fonts(), label.sold_at);
}

std::string code_paper(const std::string& content) { return labels::png(labels::qr(content).value(), 6); }

std::string manifest_paper(const std::string& title, const std::string& manifest, const std::vector<std::string>& numbers, Instant now) {
  std::vector<std::string> lines(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(std::min(numbers.size(), kMostListed - 1)));
  if (lines.size() < numbers.size()) lines.push_back("and " + std::to_string(numbers.size() - lines.size()) + " more");
  return page_of(title, manifest, lines, now);
}

std::string customs_paper(const SoldLabel& label) {
  const auto party = [](const LabelAddress& address) {
    return address.name + " " + address.company + ", " + address.line1 + ", " + address.postal_code + " " + address.city + ", " +
           address.country;
  };
  return page_of("Commercial invoice", label.number, {"From: " + party(label.sale.from), "To: " + party(label.sale.to)}, label.sold_at);
}

}  // namespace roundtrip::demo
