// Return labels (A4 and 4x6 inches) and parcel labels.
#include "labels/layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "labels/layout_parts.hpp"
#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {

bool empty(const PostalAddress& a) {
  return a.name.empty() && a.company.empty() && a.line1.empty() && a.city.empty() && a.postal_code.empty() && a.country.empty();
}

// The sender, small.
void sender_block(Sheet& sheet, const Box& box, const std::string& caption, const PostalAddress& from) {
  if (empty(from)) return;
  Column column(sheet, box);
  column.add(caption, kCaption, 1);
  const TextStyle head{Weight::bold, 8, 5.5, 1, Align::left, kBlack};
  const std::string whole = joined({from.name, from.company}, " · ");
  const bool on_one_line = sheet.fonts().width(whole, head.weight, 6.5) <= box.width;
  auto lines = place_lines(from);
  while (lines.size() > (on_one_line ? 4 : 3)) {  // fewer and larger
    lines[0] += ", " + lines[1];
    lines.erase(lines.begin() + 1);
  }
  if (on_one_line) {
    column.add(whole, head);
  } else {
    column.add(from.name, {Weight::bold, 7, 5.5, 1, Align::left, kBlack});
    column.add(from.company, {Weight::bold, 7, 5.5, 1, Align::left, kBlack});
  }
  const double each = column.height() / std::max<double>(1, static_cast<double>(lines.size()));
  const double size = std::min(each / line_height(1), 7.5);
  for (const std::string& line : lines) column.add(line, {Weight::regular, size, 4.5, 1, Align::left, kBlack});
}

struct AddressRow {
  std::string text;
  Weight weight = Weight::regular;
  double scale = 1;  // of the block's size
};

std::vector<AddressRow> rows_of(const PostalAddress& to) {
  auto lines = place_lines(to);
  const std::string country = lines.empty() || to.country.empty() ? "" : lines.back();
  if (!country.empty()) lines.pop_back();
  std::size_t place = lines.empty() ? 0 : lines.size() - 1;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!to.postal_code.empty() && lines[i].find(to.postal_code) != std::string::npos) place = i;
  }
  std::vector<AddressRow> rows{{to.name, Weight::bold, 1.15}, {to.company, Weight::regular, 1}};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == place)
      rows.push_back({lines[i], Weight::bold, 1.2});
    else
      rows.push_back({lines[i], Weight::regular, 1});
  }
  rows.push_back({country, Weight::bold, 1});
  std::erase_if(rows, [](const AddressRow& row) { return row.text.empty(); });
  return rows;
}

// The recipient, as large as the box allows; name and place stand out.
void recipient_block(Sheet& sheet, const Box& box, const std::string& caption, const PostalAddress& to) {
  constexpr double kLargest = 14, kSmallestAlike = 8.5;
  Column column(sheet, box);
  column.add(caption, {Weight::bold, 8, 5, 1, Align::left, kBlack}, 2);
  const auto rows = rows_of(to);
  const double count = std::max<double>(1, static_cast<double>(rows.size()));
  // One size for all rows as long as that stays large; then a row that is too long shrinks or wraps alone.
  double unit = std::clamp(column.height() / (count * line_height(1.12)), 5.0, kLargest);
  const double floor = std::min(unit, kSmallestAlike);
  for (const AddressRow& row : rows) {
    const double width = sheet.fonts().width(row.text, row.weight, row.scale);
    if (width > 0) unit = std::max(floor, std::min(unit, box.width * 0.999 / width));
  }
  // A fair share of the height for every row, so that one long row never pushes another out.
  const double share = column.height() / count;
  for (const AddressRow& row : rows) {
    const Box place{box.x, column.y(), box.width, std::min(share, column.height())};
    column.skip(sheet.text(place, row.text, {row.weight, unit * row.scale, 5, 2, Align::left, kBlack}));
  }
}

// A black band with white words at both ends.
void band(Sheet& sheet, const Box& box, const std::string& left, const std::string& right) {
  sheet.area(box, kBlack);
  const double inner = box.width - 12, half = right.empty() ? inner : inner * 0.58;
  const double size = (box.height - 4) / line_height(1);
  const auto centered = [&](double x, double width, const std::string& text, const TextStyle& style) {
    const double height = line_height(fit_text(sheet.fonts(), text, style, width).size);
    sheet.text({x, box.y + std::max(0.0, (box.height - height) / 2), width, height + 0.01}, text, style);
  };
  centered(box.x + 6, half, left, {Weight::bold, size, 5.5, 1, Align::left, kWhite});
  if (!right.empty()) {
    centered(box.x + 6 + half + 4, inner - half - 4, right, {Weight::bold, size * 0.8, 5, 1, Align::right, kWhite});
  }
}

std::string grouped(const std::string& number) {
  std::string out;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i > 0 && i % 4 == 0 && i + 1 < number.size()) out += ' ';
    out += number[i];
  }
  return out;
}

// Code 128 across the box with its text below.
void linear_block(Sheet& sheet, const Box& box, const Result<Barcode>& code, const std::string& text) {
  const double text_height = 18;
  sheet.barcode({box.x, box.y, box.width, box.height - text_height - 2}, code, 4);
  sheet.text({box.x, box.bottom() - text_height, box.width, text_height}, text, {Weight::bold, 14, 7, 1, Align::center, kBlack});
}

struct Fact {
  std::string name, value;
  bool large = false;
};

// QR on the left, facts beside it.
void facts_block(Sheet& sheet, const Box& box, const std::string& qr_content, const std::vector<Fact>& facts) {
  const double side = std::min(box.height, box.width * 0.42);
  sheet.barcode({box.x, box.y, side, side}, qr(qr_content), 8, Align::left);
  const Box beside{box.x + side + 4, box.y + 3, box.width - side - 4, box.height - 3};
  Column column(sheet, beside);
  const double share = beside.height / std::max<double>(1, static_cast<double>(facts.size()));
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const double bottom = beside.y + share * static_cast<double>(i + 1);
    column.add(facts[i].name, kCaption);
    const Box rest{beside.x, column.y(), beside.width, std::max(0.0, bottom - column.y())};
    sheet.text(rest, facts[i].value, {Weight::bold, facts[i].large ? 15.0 : 10.0, 5.5, 1, Align::left, kBlack});
    column.skip(std::max(0.0, bottom - column.y()));
  }
}

std::vector<Fact> facts_of(const ReturnLabel& label) {
  std::vector<Fact> facts{{label.words.code, label.code, true}, {label.words.order, label.order}};
  if (!label.valid_until.empty()) facts.push_back({label.words.valid_until, label.valid_until});
  if (!label.freight.empty()) facts.push_back({label.words.freight, label.freight});
  return facts;
}

std::string contact_of(const ReturnLabel& label) { return label.contact.empty() ? "" : label.words.contact + " " + label.contact; }
std::string qr_of(const ReturnLabel& label) { return label.link.empty() ? label.code : label.link; }
std::string bars_of(const ReturnLabel& label) { return label.tracking_number.empty() ? label.code : label.tracking_number; }
std::string below_bars_of(const ReturnLabel& label) { return label.tracking_number.empty() ? label.code : grouped(label.tracking_number); }

void portrait_return(Sheet& sheet, const ReturnLabel& label) {
  const double x = kMargin, width = kLabelWidth - 2 * kMargin;
  band(sheet, {x, 10, width, 30}, label.words.banner, label.carrier.empty() ? label.shop : label.carrier);
  sender_block(sheet, {x, 45, width, 52}, label.words.from, label.from);
  sheet.area({x, 101, width, kThick}, kBlack);
  recipient_block(sheet, {x, 107, width, 116}, label.words.to, label.to);
  sheet.area({x, 227, width, kThick}, kBlack);
  linear_block(sheet, {x, 234, width, 88}, code128(bars_of(label)), below_bars_of(label));
  sheet.area({x, 326, width, kThick}, kBlack);
  facts_block(sheet, {x, 330, width, 84}, qr_of(label), facts_of(label));
  sheet.text({x, 415, width, 10}, contact_of(label), {Weight::regular, 7.5, 5, 1, Align::left, kBlack});
}

// The label on the lower half of the A4 page: 6x4 inches, lying.
void lying_return(Sheet& sheet, const Box& box, const ReturnLabel& label) {
  const double x = box.x + kMargin, width = box.width - 2 * kMargin, left = width * 0.55;
  band(sheet, {x, box.y + 10, width, 28}, label.words.banner, label.carrier.empty() ? label.shop : label.carrier);
  sender_block(sheet, {x, box.y + 44, left - 8, 50}, label.words.from, label.from);
  sheet.area({x, box.y + 97, left - 8, kThin}, kBlack);
  recipient_block(sheet, {x, box.y + 102, left - 8, 92}, label.words.to, label.to);
  sheet.area({x + left - 2, box.y + 44, kThin, 150}, kBlack);
  const Box right{x + left + 4, box.y + 42, width - left - 4, 96};
  sheet.barcode(right, qr(qr_of(label)), 8);
  Column column(sheet, {right.x, right.bottom() + 2, right.width, box.y + 196 - right.bottom() - 2});
  column.add(label.code, {Weight::bold, 14, 7, 1, Align::center, kBlack});
  column.add(joined({label.words.order, label.order}, " "), {Weight::regular, 8.5, 5, 1, Align::center, kBlack});
  if (!label.valid_until.empty()) {
    column.add(label.words.valid_until + " " + label.valid_until, {Weight::regular, 8.5, 5, 1, Align::center, kBlack});
  }
  sheet.area({x, box.y + 198, width, kThick}, kBlack);
  linear_block(sheet, {x, box.y + 205, width, box.height - 213}, code128(bars_of(label)), below_bars_of(label));
}

// Rows of the items' table from `first` on; gives the next item that had no room.
std::size_t items_table(Sheet& sheet, const Box& box, const ReturnLabel& label, std::size_t first, std::size_t end) {
  constexpr double kRow = 17, kQuantity = 40;
  const auto cell = [&](double x, double y, double width, const std::string& text, const TextStyle& style) {
    sheet.text({x, y, width, kRow - 4}, text, style);
  };
  const TextStyle head{Weight::bold, 8, 6, 1, Align::left, kQuietGray}, body{Weight::regular, 9.5, 6, 1, Align::left, kBlack};
  TextStyle bold = body;
  bold.weight = Weight::bold;
  const double sku = 110, name_x = box.x + kQuantity + sku;
  double y = box.y;
  cell(box.x, y, kQuantity - 6, label.words.quantity, head);
  cell(box.x + kQuantity, y, box.width - kQuantity, label.words.article, head);
  y += kRow - 3;
  sheet.area({box.x, y - 1, box.width, kThin}, kBlack);
  for (; first < end && y + kRow <= box.bottom(); ++first, y += kRow) {
    const ReturnItem& item = label.items[first];
    cell(box.x, y + 2, kQuantity - 6, fmt::format("{}", item.quantity), bold);
    cell(box.x + kQuantity, y + 2, sku - 6, item.sku, bold);
    cell(name_x, y + 2, box.right() - name_x, item.description, body);
    sheet.area({box.x, y + kRow - 1, box.width, 0.3}, 0.7);
  }
  return first;
}

void steps_block(Sheet& sheet, const Box& box, const ReturnLabel& label) {
  Column column(sheet, box);
  for (std::size_t i = 0; i < label.words.steps.size(); ++i) {
    const double y = column.y();
    sheet.area({box.x, y + 1, 15, 15}, kBlack);
    sheet.text({box.x, y + 2.6, 15, 13}, fmt::format("{}", i + 1), {Weight::bold, 9.5, 6, 1, Align::center, kWhite});
    const double height = (box.bottom() - y) / static_cast<double>(label.words.steps.size() - i) - 3;
    const double used =
        sheet.text({box.x + 23, y + 1.5, box.width - 23, height}, label.words.steps[i], {Weight::regular, 10, 6.5, 3, Align::left, kBlack});
    column.skip(std::max(17.0, used + 1.5) + 5);
  }
}

void a4_return(Sheet& sheet, const ReturnLabel& label) {
  const double x = 42, width = kA4Width - 84;
  const Box cut{(kA4Width - kLabelHeight) / 2, kA4Height - kLabelWidth - 26, kLabelHeight, kLabelWidth};
  sheet.text({x, 34, width * 0.4, 15}, label.shop, {Weight::bold, 11, 6, 1, Align::left, kQuietGray});
  sheet.text({x + width * 0.42, 34, width * 0.58, 15}, contact_of(label), {Weight::regular, 9, 6, 1, Align::right, kBlack});
  sheet.text({x, 50, width, 34}, label.words.title, {Weight::bold, 24, 12, 1, Align::left, kBlack});
  sheet.area({x, 88, width, kThick}, kBlack);
  steps_block(sheet, {x, 100, width * 0.58, 148}, label);
  const Box box{x + width * 0.63, 100, width * 0.37, 142};
  Column facts(sheet, {box.x + 14, box.y + 1, box.width - 14, box.height - 2});
  for (const Fact& fact : facts_of(label)) {
    facts.add(fact.name, {Weight::regular, 8, 6, 1, Align::left, kQuietGray});
    facts.add(fact.value, {Weight::bold, fact.large ? 18.0 : 12.0, 6, 1, Align::left, kBlack}, 4);
  }
  sheet.area({box.x, box.y, kThick, facts.y() - box.y - 4}, kBlack);
  sheet.text({x, 246, width, 20}, label.words.items, {Weight::bold, 13, 7, 1, Align::left, kBlack});
  const std::size_t end = std::min(label.items.size(), kMostReturnItems);
  const double bottom = cut.y - 34;
  std::size_t next = items_table(sheet, {x, 268, width, bottom - 268 - 16}, label, 0, end);
  const auto rest_note = [&](double y, std::size_t count) {
    sheet.text({x, y, width, 14}, fmt::format(fmt::runtime(label.words.more), count), {Weight::bold, 9, 6, 1, Align::left, kBlack});
  };
  if (next < label.items.size()) rest_note(bottom - 14, label.items.size() - next);
  sheet.text({cut.x + 6, cut.y - 14, 16, 14}, "✂", {Weight::regular, 11, 6, 1, Align::left, kBlack});
  sheet.text({cut.x + 24, cut.y - 13, cut.width - 24, 12}, label.words.cut, {Weight::regular, 8.5, 6, 1, Align::left, kQuietGray});
  sheet.frame(cut, 0.8, true);
  lying_return(sheet, cut, label);
  while (next < end && !sheet.fault()) {
    sheet.next_page();
    const std::string title = joined({label.words.items, label.words.order + " " + label.order, label.code}, " · ");
    sheet.text({x, 40, width, 20}, title, {Weight::bold, 13, 7, 1, Align::left, kBlack});
    next = items_table(sheet, {x, 66, width, kA4Height - 66 - 60}, label, next, end);
    if (next == end && end < label.items.size()) rest_note(kA4Height - 50, label.items.size() - end);
  }
}

// The second label of a carton in a GS1 warehouse: its SSCC as large as the GS1 logistic label wants it, and as a DataMatrix.
void logistic_label(Sheet& sheet, const ParcelLabel& label) {
  const double x = kMargin, width = kLabelWidth - 2 * kMargin;
  sheet.next_page();
  sender_block(sheet, {x, 10, width, 54}, "FROM", label.from);
  sheet.area({x, 68, width, kThick}, kBlack);
  recipient_block(sheet, {x, 74, width, 110}, "SHIP TO", label.to);
  sheet.area({x, 188, width, kThick}, kBlack);
  sheet.barcode({x, 196, 84, 84}, gs1_data_matrix("(00)" + label.sscc), 8, Align::left);
  Column facts(sheet, {x + 92, 198, width - 92, 84});
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"SSCC", label.sscc}, {"ORDER", label.order}, {"PARCEL", label.code}}) {
    facts.add(name, kCaption);
    facts.add(value, {Weight::bold, 12, 6, 1, Align::left, kBlack}, 3);
  }
  sheet.area({x, 288, width, kThick}, kBlack);
  linear_block(sheet, {x, 296, width, 124}, gs1_128("(00)" + label.sscc), "(00) " + grouped(label.sscc));
}

}  // namespace

Result<Drawing> lay_out(const ReturnLabel& label, Paper paper, const Fonts& fonts, int dots_per_inch) {
  Sheet sheet(fonts, paper == Paper::a4 ? kA4Width : kLabelWidth, paper == Paper::a4 ? kA4Height : kLabelHeight, dots_per_inch);
  if (paper == Paper::a4)
    a4_return(sheet, label);
  else
    portrait_return(sheet, label);
  return std::move(sheet).finish(label.words.title + " " + label.code);
}

Result<Drawing> lay_out(const ParcelLabel& label, const Fonts& fonts, int dots_per_inch) {
  Sheet sheet(fonts, kLabelWidth, kLabelHeight, dots_per_inch);
  const double x = kMargin, width = kLabelWidth - 2 * kMargin;
  sender_block(sheet, {x, 10, width - 62, 54}, "FROM", label.from);
  sheet.area({x + width - 54, 10, 54, 46}, kBlack);
  sheet.text({x + width - 54, 13, 54, 40}, label.to.country, {Weight::bold, 30, 10, 1, Align::center, kWhite});
  sheet.area({x, 68, width, kThick}, kBlack);
  recipient_block(sheet, {x, 74, width, 122}, "SHIP TO", label.to);
  band(sheet, {x, 200, width, 26}, label.carrier.empty() ? "PARCEL" : label.carrier, label.service);
  const std::string bars = label.tracking_number.empty() ? label.code : label.tracking_number;
  const bool sscc_here = label.tracking_number.empty() && !label.sscc.empty();
  if (sscc_here)
    linear_block(sheet, {x, 233, width, 95}, gs1_128("(00)" + label.sscc), "(00) " + grouped(label.sscc));
  else
    linear_block(sheet, {x, 233, width, 95}, code128(bars), label.tracking_number.empty() ? label.code : grouped(label.tracking_number));
  sheet.area({x, 332, width, kThick}, kBlack);
  std::vector<Fact> facts{{"PARCEL", label.code, true}, {"ORDER", label.order}};
  const std::string count = fmt::format("{} / {}", label.number, label.count);
  facts.push_back({"PARCEL · WEIGHT · PACKED", joined({count, weight_text(label.weight_g), label.day}, "  ·  ")});
  facts_block(sheet, {x, 336, width, 88}, label.code, facts);
  if (!label.sscc.empty()) logistic_label(sheet, label);
  return std::move(sheet).finish("Parcel " + label.code);
}

}  // namespace roundtrip::labels
