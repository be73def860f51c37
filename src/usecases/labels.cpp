// Facts of a return or a parcel, laid out and printed.
#include "usecases/labels.hpp"

#include <fmt/format.h>

#include "domain/codes.hpp"
#include "labels/append.hpp"
#include "labels/layout.hpp"
#include "labels/pdf.hpp"
#include "labels/png.hpp"
#include "labels/text.hpp"
#include "labels/zpl.hpp"
#include "store/bookings.hpp"
#include "store/database.hpp"
#include "store/labels.hpp"

namespace roundtrip::usecases {
namespace {

constexpr int kCounterModule_px = 10;
constexpr double kPreviewDotsPerInch = 203;

// Where a carrier reads: letters no font has are refused by the layout, never changed.
labels::PostalAddress strictly(const domain::Address& a) {
  const auto clean = labels::without_pictographs;
  return {clean(a.name),   clean(a.company),     clean(a.line1),   clean(a.line2), clean(a.city),
          clean(a.region), clean(a.postal_code), clean(a.country), clean(a.phone)};
}

// Where nobody is lost for a letter: what no font has becomes "?".
std::string leniently(const std::string& text) { return labels::with_question_marks(labels::without_pictographs(text), labels::fonts()); }

labels::PostalAddress leniently(const domain::Address& a) {
  return {leniently(a.name),   leniently(a.company),     leniently(a.line1),   leniently(a.line2), leniently(a.city),
          leniently(a.region), leniently(a.postal_code), leniently(a.country), leniently(a.phone)};
}

Result<std::string> printed(const Result<labels::Drawing>& drawing, LabelFormat format, Instant now) {
  if (!drawing) return drawing.error();
  switch (format) {
    case LabelFormat::pdf_a4:
    case LabelFormat::pdf_4x6:
      return labels::pdf(*drawing, labels::fonts(), now);
    case LabelFormat::zpl:
      return labels::zpl(*drawing, labels::fonts());
    case LabelFormat::png:
      return labels::png(labels::rasterize(drawing->pages.front(), labels::fonts(), kPreviewDotsPerInch));
  }
  return Error{ErrorKind::invalid, "label_format_unknown", "Ask for a PDF, ZPL or PNG."};
}

// Why a return in this state has no label; empty: it has one.
std::string why_no_label(const store::ReturnLabelFacts& facts, Instant now) {
  if (facts.kind == "undeliverable") return "its parcel could not be delivered and comes back by itself";
  if (facts.status == "requested") return "it waits for approval; the label comes when it is approved";
  if (facts.status == "declined") return "it was declined";
  if (facts.status == "canceled") return "it was canceled; start a new return";
  if (facts.status == "expired") return "its label has expired; start a new return";
  const bool under_way = facts.status != "approved";
  if (!under_way && facts.expires_at && *facts.expires_at <= now) return "its label has expired; start a new return";
  return "";
}

labels::ReturnLabel label_of(const store::ReturnLabelFacts& facts, ReturnId return_id) {
  labels::ReturnLabel label;
  label.words = labels::return_words(facts.locale);
  label.shop = leniently(facts.shop);
  label.order = leniently(facts.order_external_id);
  label.code = domain::code_of(return_id);
  label.carrier = leniently(facts.carrier);
  label.tracking_number = facts.tracking_number;
  if (facts.expires_at) label.valid_until = labels::day_text(facts.locale, *facts.expires_at);
  label.from = leniently(facts.from);
  label.to = strictly(facts.to);
  for (const auto& item : facts.items) label.items.push_back({item.quantity, leniently(item.sku), leniently(item.description)});
  return label;
}

labels::ParcelLabel label_of(const store::ParcelLabelFacts& facts, ParcelId parcel) {
  labels::ParcelLabel label;
  label.from = leniently(facts.from);
  label.to = strictly(facts.to);
  label.carrier = leniently(facts.carrier);
  label.service = leniently(facts.service.empty() ? facts.order_service : facts.service);
  label.tracking_number = facts.tracking_number;
  label.code = domain::code_of(parcel);
  label.order = leniently(facts.order_external_id);
  if (facts.closed_at) label.day = labels::day_text("en", *facts.closed_at);
  label.number = facts.number;
  label.count = facts.count;
  label.weight_g = facts.weight_g;
  return label;
}

Error not_closed(const store::ParcelLabelFacts& facts) {
  std::string units;
  Explain why{"a parcel's label is printed when every unit is packed", {}, "scan the missing units at the pack station, or SHORT or SPLIT"};
  for (const auto& missing : facts.missing) {
    units += fmt::format("{}{} x {}", units.empty() ? "" : ", ", missing.quantity, missing.sku);
    why.values.emplace_back(missing.sku, std::to_string(missing.quantity));
  }
  return {ErrorKind::invalid,
          "parcel_not_closed",
          "The parcel is not closed yet" + (units.empty() ? "; close it with DONE." : "; still to pack: " + units + "."),
          {},
          why};
}

// A carrier's document as it is printed in a format; nothing: not in this one.
std::optional<std::string> in_format(store::BookingDocument document, LabelFormat format) {
  const bool code = document.part == "qr";
  switch (format) {
    case LabelFormat::zpl:
      return document.format == "zpl" ? std::optional(std::move(document.bytes)) : std::nullopt;
    case LabelFormat::png:
      return code && document.format == "png" ? std::optional(std::move(document.bytes)) : std::nullopt;
    case LabelFormat::pdf_a4:
    case LabelFormat::pdf_4x6:
      if (document.format == "pdf") return std::move(document.bytes);
      return document.format == "png" && !code ? labels::pdf_of_picture(document.bytes) : std::nullopt;
  }
  return std::nullopt;
}

// The documents of a booking in this format, the label first; one Error while the carrier is asked. Nothing: our own label counts.
std::optional<Result<std::vector<std::string>>> carrier_pages(store::Queryable& db, MerchantId merchant,
                                                              const std::optional<store::BookingRow>& booking, LabelFormat format) {
  if (!booking) return std::nullopt;
  if (booking->state == domain::BookingState::wanted)
    return Error{ErrorKind::conflict, "label_not_there_yet", "The label is being made by the carrier. Ask for it again in a minute."};
  if (booking->state != domain::BookingState::bought) return std::nullopt;
  std::vector<std::string> found;
  std::optional<std::string> code;  // a carrier that gives nothing else prints the label itself
  for (auto& document : store::booking_documents(db, merchant, booking->id)) {
    const bool on_paper = format == LabelFormat::pdf_a4 || format == LabelFormat::pdf_4x6;
    if (on_paper && document.part == "qr" && document.format == "png") code = labels::pdf_of_picture(document.bytes);
    if (auto bytes = in_format(std::move(document), format)) found.push_back(std::move(*bytes));
  }
  if (found.empty() && code) found.push_back(*std::move(code));
  if (found.empty()) return std::nullopt;
  return found;
}

// The label that a carrier sold for the return, in this format; nothing when the return goes with our own.
//
// A4: our slip, then the carrier's pages as they are; 4 x 6: the carrier's label alone; ZPL: its ZPL; PNG: its code for a counter.
std::optional<Result<std::string>> carrier_label(const Context& context, ReturnId return_id, const store::ReturnLabelFacts& facts,
                                                 LabelFormat format) {
  store::Session session(context.db);
  const auto booking = store::booking_of_return(session, context.merchant, return_id);
  const auto pages = carrier_pages(session, context.merchant, booking, format);
  if (!pages) return std::nullopt;
  if (!*pages) return pages->error();
  if (format != LabelFormat::pdf_a4) return (*pages)->front();
  const auto slip = printed(labels::lay_out(label_of(facts, return_id), labels::Paper::a4, labels::fonts()), format, context.now);
  if (!slip) return slip;
  return labels::appended(*slip, **pages);
}

// The label that a carrier sold for the parcel with its customs forms behind it; ZPL: its ZPL. Nothing when it goes with our own.
std::optional<Result<std::string>> carrier_label(const Context& context, ParcelId parcel, LabelFormat format) {
  store::Session session(context.db);
  const auto booking = store::booking_of_parcel(session, context.merchant, parcel);
  const auto pages = carrier_pages(session, context.merchant, booking, format);
  if (!pages) return std::nullopt;
  if (!*pages) return pages->error();
  const bool one = (*pages)->size() == 1 || (format != LabelFormat::pdf_a4 && format != LabelFormat::pdf_4x6);
  if (one) return (*pages)->front();
  return labels::appended((*pages)->front(), {(*pages)->begin() + 1, (*pages)->end()});
}
}  // namespace

Result<std::string> return_label(const Context& context, ReturnId return_id, LabelFormat format) {
  std::optional<store::ReturnLabelFacts> facts;
  {
    store::Session session(context.db);
    facts = store::return_label_facts(session, context.merchant, return_id);
  }
  if (!facts) return Error{ErrorKind::not_found, "return_not_found", "There is no return " + to_text(return_id) + "."};
  if (const auto why = why_no_label(*facts, context.now); !why.empty()) {
    return Error{ErrorKind::conflict, "return_has_no_label", "The return " + to_text(return_id) + " has no label: " + why + "."};
  }
  if (const auto theirs = carrier_label(context, return_id, *facts, format)) return *theirs;
  if (format == LabelFormat::png) {
    const auto code = labels::qr(domain::code_of(return_id));
    if (!code) return code.error();
    return labels::png(*code, kCounterModule_px);
  }
  const auto paper = format == LabelFormat::pdf_a4 ? labels::Paper::a4 : labels::Paper::four_by_six;
  return printed(labels::lay_out(label_of(*facts, return_id), paper, labels::fonts()), format, context.now);
}

std::optional<messages::Attachment> return_label_attachment(const Context& context, ReturnId return_id) {
  auto file = return_label(context, return_id, LabelFormat::pdf_a4);
  if (!file) return std::nullopt;
  return messages::Attachment{"return-" + domain::code_of(return_id) + ".pdf", "application/pdf", *std::move(file)};
}

Result<std::string> parcel_label(const Context& context, ParcelId parcel, LabelFormat format) {
  std::optional<store::ParcelLabelFacts> facts;
  {
    store::Session session(context.db);
    facts = store::parcel_label_facts(session, context.merchant, parcel);
  }
  if (!facts) return Error{ErrorKind::not_found, "parcel_not_found", "There is no parcel " + to_text(parcel) + "."};
  if (facts->state == "canceled") {
    return Error{ErrorKind::conflict, "parcel_canceled", "The parcel " + to_text(parcel) + " was canceled; it must not leave."};
  }
  if (facts->state == "open") return not_closed(*facts);
  if (const auto theirs = carrier_label(context, parcel, format)) return *theirs;
  return printed(labels::lay_out(label_of(*facts, parcel), labels::fonts()), format, context.now);
}

Result<std::string> command_cards(const Context& context, const std::vector<std::int64_t>& quantities) {
  using enum domain::Command;
  static const std::vector<std::pair<domain::Command, std::string>> kCommands = {
      {undo, "Takes your last scan back"}, {run_short, "The bin holds less than asked"}, {split, "Begins another parcel"},
      {print, "Prints the label again"},   {problem, "Sets it aside for a person"},      {done, "Finishes what is under work"},
  };
  std::vector<labels::CommandCard> cards;
  for (const auto& [command, hint] : kCommands) {
    cards.push_back({std::string(domain::word_of_command(command)), domain::command_code(command), hint});
  }
  for (const std::int64_t quantity : quantities) {
    if (quantity < 1 || quantity > 100'000) return Error{ErrorKind::invalid, "quantity_invalid", "Quantities are 1 to 100000."};
    cards.push_back(
        {fmt::format("QTY {}", quantity), domain::quantity_code(quantity), fmt::format("The next scan counts {} pieces", quantity)});
  }
  return printed(labels::lay_out(cards, labels::fonts()), LabelFormat::pdf_a4, context.now);
}

}  // namespace roundtrip::usecases
