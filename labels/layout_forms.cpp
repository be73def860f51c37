// Cards that are scanned, hand-over lists and customs forms.
#include "labels/layout.hpp"
#include "labels/layout_parts.hpp"

namespace roundtrip::labels {
namespace {

void card(Sheet& sheet, const Box& box, const CommandCard& value) {
  sheet.frame(box, kThin);
  const double x = box.x + 8, width = box.width - 16;
  sheet.area({box.x, box.y, box.width, 40}, kBlack);
  sheet.text({x, box.y + 4, width, 32}, value.word, {Weight::bold, 24, 8, 1, Align::center, kWhite});
  sheet.barcode({x, box.y + 50, width, 50}, code128(value.code), 4);
  sheet.text({x, box.y + 103, width, 13}, value.code, {Weight::bold, 9, 6, 1, Align::center, kBlack});
  sheet.text({x, box.y + 117, width, box.height - 121}, value.hint, {Weight::regular, 8.5, 5.5, 2, Align::center, kQuietGray});
}

// A row of a hand-over list; null: the heads of its columns.
void handover_row(Sheet& sheet, double x, double y, double width, const HandoverRow* row) {
  const TextStyle style{row == nullptr ? Weight::bold : Weight::regular,
                        row == nullptr ? 8.0 : 9.0,
                        5.5,
                        1,
                        Align::left,
                        row == nullptr ? kQuietGray : kBlack};
  const std::pair<double, std::string> cells[] = {{0.15, row != nullptr ? row->code : "PARCEL"},
                                                  {0.29, row != nullptr ? row->tracking_number : "NUMBER"},
                                                  {0.14, row != nullptr ? row->order : "ORDER"},
                                                  {0.19, row != nullptr ? row->place : "TO"},
                                                  {0.09, row != nullptr ? weight_text(row->weight_g) : "WEIGHT"},
                                                  {0.14, row != nullptr ? row->by : "HANDED OVER BY"}};
  for (const auto& [share, text] : cells) {
    if (!text.empty()) sheet.text({x, y, width * share - 5, 13}, text, style);
    x += width * share;
  }
}

// Title, facts and the columns' heads; gives where the rows begin.
double handover_head(Sheet& sheet, double x, double width, const HandoverList& list, std::size_t page) {
  sheet.text({x, 36, width, 30}, "Hand-over to " + list.carrier, {Weight::bold, 20, 9, 1, Align::left, kBlack});
  const std::string count = fmt::format("{} parcel{}", list.rows.size(), list.rows.size() == 1 ? "" : "s");
  const std::string facts =
      joined({list.warehouse, list.made_at, list.made_by, count, list.reference, fmt::format("page {}", page)}, "  ·  ");
  sheet.text({x, 66, width, 14}, facts, {Weight::regular, 10, 6, 1, Align::left, kBlack});
  sheet.area({x, 86, width, kThick}, kBlack);
  handover_row(sheet, x, 92, width, nullptr);
  return 108;
}

struct CustomsColumn {
  double share;
  std::string head;
  Align align = Align::left;
};
const std::vector<CustomsColumn>& customs_columns() {
  static const std::vector<CustomsColumn> all = {{0.08, "QTY"},    {0.42, "DESCRIPTION OF CONTENTS"}, {0.14, "HS TARIFF NO."},
                                                 {0.09, "ORIGIN"}, {0.12, "WEIGHT", Align::right},    {0.15, "VALUE", Align::right}};
  return all;
}

void customs_row(Sheet& sheet, const Box& row, const std::vector<std::string>& cells, const TextStyle& style) {
  double x = row.x;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const CustomsColumn& column = customs_columns()[i];
    TextStyle own = style;
    own.align = column.align;
    sheet.text({x, row.y, row.width * column.share - 4, row.height}, cells[i], own);
    x += row.width * column.share;
  }
}

// A form's title, its two addresses and what kind of sending it is; gives where the table begins.
double customs_head(Sheet& sheet, const Box& page, const CustomsForm& form) {
  const double x = page.x, width = page.width, half = width / 2;
  sheet.area({x, page.y, width, 26}, kBlack);
  sheet.text({x + 6, page.y + 4, width * 0.7, 18}, "CUSTOMS DECLARATION / DÉCLARATION EN DOUANE",
             {Weight::bold, 11, 5.5, 1, Align::left, kWhite});
  sheet.text({x + width * 0.72, page.y + 4, width * 0.27, 18}, form.cn23 ? "CN 23" : "CN 22",
             {Weight::bold, 13, 7, 1, Align::right, kWhite});
  const double top = page.y + 30, height = 92;
  const auto address = [&](double at, const std::string& caption, const PostalAddress& place) {
    Column column(sheet, {at, top, half - 8, height});
    column.add(caption, kCaption, 1);
    column.add(joined({place.name, place.company}, ", "), {Weight::bold, 8.5, 5, 2, Align::left, kBlack});
    for (const std::string& line : place_lines(place)) column.add(line, {Weight::regular, 8.5, 5, 2, Align::left, kBlack});
    column.add(place.phone, {Weight::regular, 8, 5, 1, Align::left, kBlack});
  };
  address(x, "FROM / EXPÉDITEUR", form.from);
  address(x + half, "TO / DESTINATAIRE", form.to);
  double y = top + height + 2;
  sheet.text({x, y, width, 13}, "[X] RETURNED GOODS / RETOUR DE MARCHANDISES     [ ] GIFT     [ ] DOCUMENTS     [ ] SALE OF GOODS",
             {Weight::bold, 8.5, 5, 1, Align::left, kBlack});
  y += 14;
  const std::string about =
      joined({form.reason, "order " + form.order, "return " + form.code, form.invoice.empty() ? "" : "invoice " + form.invoice}, "  ·  ");
  sheet.text({x, y, width, 12}, about, {Weight::regular, 8, 5, 1, Align::left, kBlack});
  return y + 16;
}

double customs_foot(const CustomsForm& form) { return form.cn23 ? 92 : 62; }

void customs_signature(Sheet& sheet, const Box& box, const CustomsForm& form) {
  std::string words =
      "I certify that the particulars given in this declaration are correct and that this item does not contain any dangerous "
      "article or articles prohibited by legislation or by postal or customs regulations.";
  if (form.cn23) {
    words +=
        " The goods were exported before under the order named above and go back unaltered to their sender; they are not sold. The values "
        "are those of the invoice, for customs only.";
  }
  const double used = sheet.text({box.x, box.y, box.width, box.height - 20}, words, {Weight::regular, 7.5, 4.5, 6, Align::left, kBlack});
  sheet.area({box.x + box.width * 0.4, std::min(box.bottom() - 14, box.y + used + 22), box.width * 0.6, kThin}, kBlack);
  sheet.text({box.x, box.bottom() - 12, box.width, 11}, joined({form.day, "date and sender's signature"}, "  ·  "),
             {Weight::regular, 7.5, 5, 1, Align::right, kQuietGray});
}
}  // namespace

Result<Drawing> lay_out(const HandoverList& list, const Fonts& fonts) {
  Sheet sheet(fonts, kA4Width, kA4Height);
  const double x = 42, width = kA4Width - 84, row_height = 17, bottom = kA4Height - 110;
  std::size_t page = 1;
  double y = handover_head(sheet, x, width, list, page);
  for (const HandoverRow& row : list.rows) {
    if (y + row_height > bottom) {
      sheet.next_page();
      y = handover_head(sheet, x, width, list, ++page);
    }
    handover_row(sheet, x, y + 2, width, &row);
    sheet.area({x, y + row_height - 1, width, 0.3}, 0.7);
    y += row_height;
  }
  sheet.text({x, kA4Height - 92, width * 0.4, 14}, list.code, {Weight::bold, 10, 6, 1, Align::left, kBlack});
  sheet.area({x + width * 0.45, kA4Height - 60, width * 0.55, kThin}, kBlack);
  sheet.text({x + width * 0.45, kA4Height - 56, width * 0.55, 12}, "Received in full: name, time, signature",
             {Weight::regular, 8, 6, 1, Align::left, kQuietGray});
  return std::move(sheet).finish("Hand-over " + list.code);
}

Result<Drawing> lay_out(const std::vector<CommandCard>& cards, const Fonts& fonts) {
  if (cards.empty() || cards.size() > kMostCards) {
    return Error{ErrorKind::invalid, "cards_count_invalid", fmt::format("Ask for 1 to {} cards.", kMostCards)};
  }
  constexpr std::size_t kPerPage = 10;
  const double width = (kA4Width - 2 * 34 - 16) / 2, height = 140;
  Sheet sheet(fonts, kA4Width, kA4Height);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    if (i > 0 && i % kPerPage == 0) sheet.next_page();
    const double column = static_cast<double>(i % 2), row = static_cast<double>(i % kPerPage / 2);
    card(sheet, {34 + column * (width + 16), 40 + row * (height + 14), width, height}, cards[i]);
  }
  return std::move(sheet).finish("Command cards");
}

Result<Drawing> lay_out(const CustomsForm& form, Paper paper, const Fonts& fonts) {
  const bool a4 = paper == Paper::a4;
  const double page_width = a4 ? kA4Width : kLabelWidth, page_height = a4 ? kA4Height : kLabelHeight, margin = a4 ? 42 : kMargin;
  const double row_height = a4 ? 15 : 12;
  Sheet sheet(fonts, page_width, page_height);
  const Box page{margin, margin, page_width - 2 * margin, page_height - 2 * margin};
  const TextStyle head{Weight::bold, a4 ? 7.5 : 5.5, 4, 1, Align::left, kQuietGray},
      body{Weight::regular, a4 ? 8.5 : 6.5, 4, 1, Align::left, kBlack};
  TextStyle bold = body;
  bold.weight = Weight::bold;
  for (std::size_t next = 0; (next == 0 || next < form.items.size()) && !sheet.fault();) {
    if (next > 0) sheet.next_page();
    double y = customs_head(sheet, page, form);
    std::vector<std::string> heads;
    for (const CustomsColumn& column : customs_columns()) heads.push_back(column.head);
    customs_row(sheet, {page.x, y, page.width, row_height}, heads, head);
    y += row_height;
    const double bottom = page.bottom() - customs_foot(form) - row_height - 4;
    for (; next < form.items.size() && y + row_height <= bottom; ++next, y += row_height) {
      const CustomsItem& item = form.items[next];
      customs_row(sheet, {page.x, y, page.width, row_height},
                  {fmt::format("{}", item.quantity), item.description, item.hs_code, item.origin, weight_text(item.weight_g), item.value},
                  body);
      sheet.area({page.x, y + row_height - 1, page.width, 0.3}, 0.7);
    }
    customs_row(sheet, {page.x, y + 2, page.width, row_height}, {"", "TOTAL", "", "", weight_text(form.weight_g), form.total}, bold);
    customs_signature(sheet, {page.x, page.bottom() - customs_foot(form), page.width, customs_foot(form)}, form);
    if (form.items.empty()) break;
  }
  return std::move(sheet).finish((form.cn23 ? "CN 23 " : "CN 22 ") + form.code);
}
}  // namespace roundtrip::labels
