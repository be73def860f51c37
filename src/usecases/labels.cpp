// Facts of a return or a parcel, laid out and printed.
#include "usecases/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "domain/codes.hpp"
#include "labels/append.hpp"
#include "labels/layout.hpp"
#include "labels/pdf.hpp"
#include "labels/png.hpp"
#include "labels/zpl.hpp"
#include "store/bookings.hpp"
#include "store/database.hpp"
#include "store/labels.hpp"
#include "usecases/label_parts.hpp"

namespace roundtrip::usecases {
namespace {

constexpr int kCounterModule_px = 10;
constexpr double kPreviewDotsPerInch = 203;

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

// A carrier's document as it is printed in a format; nothing: not in this one.
std::optional<std::string> in_format(const store::BookingDocument& document, LabelFormat format) {
  const bool code = document.part == "qr";
  switch (format) {
    case LabelFormat::zpl:
      return document.format == "zpl" ? std::optional(document.bytes) : std::nullopt;
    case LabelFormat::png:
      return code && document.format == "png" ? std::optional(document.bytes) : std::nullopt;
    case LabelFormat::pdf_a4:
    case LabelFormat::pdf_4x6:
      if (document.format == "pdf") return document.bytes;
      return document.format == "png" && !code ? labels::pdf_of_picture(document.bytes) : std::nullopt;
  }
  return std::nullopt;
}

// The documents that a carrier sold, in this format, the label first; one Error while the carrier is asked. Nothing: our own label counts.
std::optional<Result<std::vector<std::string>>> carrier_pages(const store::SoldLabel* sold, LabelFormat format) {
  if (sold == nullptr) return std::nullopt;
  if (sold->state == domain::BookingState::wanted)
    return Error{ErrorKind::conflict, "label_not_there_yet", "The label is being made by the carrier. Ask for it again in a minute."};
  if (sold->state != domain::BookingState::bought) return std::nullopt;
  std::vector<std::string> found;
  std::optional<std::string> code;  // a carrier that gives nothing else prints the label itself
  for (const auto& document : sold->documents) {
    const bool on_paper = format == LabelFormat::pdf_a4 || format == LabelFormat::pdf_4x6;
    if (on_paper && document.part == "qr" && document.format == "png") code = labels::pdf_of_picture(document.bytes);
    if (auto bytes = in_format(document, format)) found.push_back(std::move(*bytes));
  }
  if (found.empty() && code) found.push_back(*std::move(code));
  if (found.empty()) return std::nullopt;
  return found;
}

template <class IdType>
using SoldLabels = std::map<IdType, store::SoldLabel>;

template <class IdType>
const store::SoldLabel* sold_for(const SoldLabels<IdType>& sold, IdType id) {
  const auto found = sold.find(id);
  return found == sold.end() ? nullptr : &found->second;
}

// The label that a carrier sold for the return, in this format; nothing when the return goes with our own.
//
// A4: our slip, then the carrier's pages as they are; 4 x 6: the carrier's label alone; ZPL: its ZPL; PNG: its code for a counter.
std::optional<Result<std::string>> carrier_label(const Context& context, ReturnId return_id, const store::ReturnLabelFacts& facts,
                                                 const SoldLabels<ReturnId>& sold, LabelFormat format) {
  const auto pages = carrier_pages(sold_for(sold, return_id), format);
  if (!pages) return std::nullopt;
  if (!*pages) return pages->error();
  if (format != LabelFormat::pdf_a4) return (*pages)->front();
  const auto slip = printed(labels::lay_out(label_of(facts, return_id), labels::Paper::a4, labels::fonts()), format, context.now);
  if (!slip) return slip;
  return labels::appended(*slip, **pages);
}

// The label that a carrier sold for the parcel with its customs forms behind it; ZPL: its ZPL. Nothing when it goes with our own.
std::optional<Result<std::string>> carrier_label(ParcelId parcel, const SoldLabels<ParcelId>& sold, LabelFormat format) {
  const auto pages = carrier_pages(sold_for(sold, parcel), format);
  if (!pages) return std::nullopt;
  if (!*pages) return pages->error();
  const bool one = (*pages)->size() == 1 || (format != LabelFormat::pdf_a4 && format != LabelFormat::pdf_4x6);
  if (one) return (*pages)->front();
  return labels::appended((*pages)->front(), {(*pages)->begin() + 1, (*pages)->end()});
}

// A number is its parcel's from its first label on. Parcels that go with a carrier's label get none.
void give_ssccs(const Context& context, std::map<ParcelId, store::ParcelLabelFacts>& known, const SoldLabels<ParcelId>& sold,
                LabelFormat format) {
  std::vector<ParcelId> without;
  for (const auto& [id, facts] : known) {
    if (facts.wants_sscc && facts.sscc.empty() && !carrier_pages(sold_for(sold, id), format)) without.push_back(id);
  }
  if (without.empty()) return;
  store::Transaction tx{context.db};
  const auto numbers = store::take_ssccs(tx, context.merchant, without, context.now);
  tx.commit();
  for (const auto& [id, sscc] : numbers) known[id].sscc = sscc;
}

std::optional<Error> why_no_parcel_label(const std::map<ParcelId, store::ParcelLabelFacts>& known, ParcelId parcel) {
  const auto at = known.find(parcel);
  if (at == known.end()) return Error{ErrorKind::not_found, "parcel_not_found", "There is no parcel " + to_text(parcel) + "."};
  if (at->second.state == "canceled")
    return Error{ErrorKind::conflict, "parcel_canceled", "The parcel " + to_text(parcel) + " was canceled; it must not leave."};
  if (at->second.state == "open") return not_closed(at->second);
  return std::nullopt;
}

Result<store::ReturnLabelFacts> labeled_return(store::Queryable& db, const Context& context, ReturnId return_id) {
  auto facts = store::return_label_facts(db, context.merchant, return_id);
  if (!facts) return Error{ErrorKind::not_found, "return_not_found", "There is no return " + to_text(return_id) + "."};
  if (const auto why = why_no_label(*facts, context.now); !why.empty()) {
    return Error{ErrorKind::conflict, "return_has_no_label", "The return " + to_text(return_id) + " has no label: " + why + "."};
  }
  return *std::move(facts);
}

// The label, and on paper the customs form that goes with it.
Result<labels::Drawing> own_return_label(const Context& context, ReturnId return_id, const store::ReturnLabelFacts& facts,
                                         LabelFormat format, int dots_per_inch) {
  const auto paper = format == LabelFormat::pdf_a4 ? labels::Paper::a4 : labels::Paper::four_by_six;
  auto label = labels::lay_out(label_of(facts, return_id), paper, labels::fonts(), dots_per_inch);
  if (!label || (format != LabelFormat::pdf_a4 && format != LabelFormat::pdf_4x6)) return label;
  const auto form = customs_form(facts, return_id, context.now);
  if (!form) return label;
  auto pages = labels::lay_out(*form, paper, labels::fonts());
  if (!pages) return pages;
  std::move(pages->pages.begin(), pages->pages.end(), std::back_inserter(label->pages));
  return label;
}

}  // namespace

Result<std::string> return_label(const Context& context, ReturnId return_id, LabelFormat format, int dots_per_inch) {
  std::optional<Result<store::ReturnLabelFacts>> facts;
  SoldLabels<ReturnId> sold;
  {
    store::Session session(context.db);
    facts = labeled_return(session, context, return_id);
    sold = store::sold_labels(session, context.merchant, std::vector{return_id});
  }
  if (!*facts) return facts->error();
  if (const auto theirs = carrier_label(context, return_id, **facts, sold, format)) return *theirs;
  if (format == LabelFormat::png) {
    const auto code = labels::qr(domain::code_of(return_id));
    if (!code) return code.error();
    return labels::png(*code, kCounterModule_px);
  }
  return printed(own_return_label(context, return_id, **facts, format, dots_per_inch), format, context.now);
}

Result<std::string> return_customs_form(const Context& context, ReturnId return_id, LabelFormat format) {
  store::Session session(context.db);
  const auto facts = labeled_return(session, context, return_id);
  if (!facts) return facts.error();
  const auto form = customs_form(*facts, return_id, context.now);
  if (!form) {
    return Error{ErrorKind::conflict, "no_customs_form",
                 "The return " + to_text(return_id) + " crosses no border of a customs territory; it needs no declaration."};
  }
  const auto paper = format == LabelFormat::pdf_4x6 ? labels::Paper::four_by_six : labels::Paper::a4;
  return printed(labels::lay_out(*form, paper, labels::fonts()), LabelFormat::pdf_a4, context.now);
}

std::optional<messages::Attachment> return_label_attachment(const Context& context, ReturnId return_id) {
  auto file = return_label(context, return_id, LabelFormat::pdf_a4);
  if (!file) return std::nullopt;
  return messages::Attachment{"return-" + domain::code_of(return_id) + ".pdf", "application/pdf", *std::move(file)};
}

Result<std::string> parcel_label(const Context& context, ParcelId parcel, LabelFormat format, int dots_per_inch) {
  std::map<ParcelId, store::ParcelLabelFacts> known;
  SoldLabels<ParcelId> sold;
  {
    store::Session session(context.db);
    known = store::parcel_label_facts(session, context.merchant, std::vector{parcel});
    sold = store::sold_labels(session, context.merchant, std::vector{parcel});
  }
  if (const auto why = why_no_parcel_label(known, parcel)) return *why;
  if (const auto theirs = carrier_label(parcel, sold, format)) return *theirs;
  give_ssccs(context, known, sold, format);
  return printed(labels::lay_out(label_of(known.at(parcel), parcel), labels::fonts(), dots_per_inch), format, context.now);
}

namespace {

// "ret_4f", or the code that is printed on it.
template <class IdType>
std::optional<IdType> id_or_code(const std::string& text, domain::CodeKind kind) {
  if (const auto id = parse_id<IdType>(text)) return id;
  const auto own = domain::parse_own_code(text);
  return own && own->kind == kind ? std::optional(IdType{own->number}) : std::nullopt;
}

struct BatchPart {
  std::optional<labels::Drawing> own;
  std::vector<std::string> foreign;  // PDFs of a carrier
};

// What a batch prints from, read as sets.
struct BatchFacts {
  std::map<ReturnId, store::ReturnLabelFacts> returns;
  std::map<ParcelId, store::ParcelLabelFacts> parcels;
  SoldLabels<ReturnId> sold_returns;
  SoldLabels<ParcelId> sold_parcels;
};

BatchFacts batch_facts(const Context& context, const std::vector<std::string>& ids, LabelFormat format) {
  std::vector<ReturnId> returns;
  std::vector<ParcelId> parcels;
  for (const std::string& id : ids) {
    if (const auto one = id_or_code<ReturnId>(id, domain::CodeKind::return_)) returns.push_back(*one);
    if (const auto one = id_or_code<ParcelId>(id, domain::CodeKind::parcel)) parcels.push_back(*one);
  }
  BatchFacts facts;
  {
    store::Session session(context.db);
    if (!returns.empty()) facts.returns = store::return_label_facts(session, context.merchant, returns);
    if (!parcels.empty()) facts.parcels = store::parcel_label_facts(session, context.merchant, parcels);
    facts.sold_returns = store::sold_labels(session, context.merchant, returns);
    facts.sold_parcels = store::sold_labels(session, context.merchant, parcels);
  }
  std::map<ParcelId, store::ParcelLabelFacts> ready = facts.parcels;
  std::erase_if(ready, [](const auto& one) { return one.second.state == "open" || one.second.state == "canceled"; });
  give_ssccs(context, ready, facts.sold_parcels, format);
  for (const auto& [id, one] : ready) facts.parcels[id].sscc = one.sscc;
  return facts;
}

Result<BatchPart> return_part(const Context& context, ReturnId id, const BatchFacts& facts, LabelFormat format) {
  const auto at = facts.returns.find(id);
  if (at == facts.returns.end()) return Error{ErrorKind::not_found, "return_not_found", "There is no return " + to_text(id) + "."};
  if (const auto why = why_no_label(at->second, context.now); !why.empty()) {
    return Error{ErrorKind::conflict, "return_has_no_label", "The return " + to_text(id) + " has no label: " + why + "."};
  }
  if (const auto theirs = carrier_label(context, id, at->second, facts.sold_returns, format)) {
    if (!*theirs) return theirs->error();
    return BatchPart{std::nullopt, {**theirs}};
  }
  auto drawing = own_return_label(context, id, at->second, format, labels::kPrinterDots);
  if (!drawing) return drawing.error();
  return BatchPart{*std::move(drawing), {}};
}

Result<BatchPart> parcel_part(ParcelId id, const BatchFacts& facts, LabelFormat format) {
  if (const auto why = why_no_parcel_label(facts.parcels, id)) return *why;
  if (const auto theirs = carrier_label(id, facts.sold_parcels, format)) {
    if (!*theirs) return theirs->error();
    return BatchPart{std::nullopt, {**theirs}};
  }
  auto drawing = labels::lay_out(label_of(facts.parcels.at(id), id), labels::fonts());
  if (!drawing) return drawing.error();
  return BatchPart{*std::move(drawing), {}};
}

// One PDF of all parts in their order; neighbors of our own are drawn together, so that their fonts are embedded once.
Result<std::string> joined_parts(std::vector<BatchPart> parts, Instant now) {
  std::vector<std::string> files;
  labels::Drawing gathered{"Labels", {}};
  const auto flush = [&] {
    if (!gathered.pages.empty()) files.push_back(labels::pdf(gathered, labels::fonts(), now));
    gathered.pages.clear();
  };
  for (BatchPart& part : parts) {
    if (part.own) {
      std::move(part.own->pages.begin(), part.own->pages.end(), std::back_inserter(gathered.pages));
    } else {
      flush();
      std::move(part.foreign.begin(), part.foreign.end(), std::back_inserter(files));
    }
  }
  flush();
  if (files.size() == 1) return std::move(files.front());
  return labels::appended(files.front(), {files.begin() + 1, files.end()});
}

}  // namespace

Result<std::string> label_batch(const Context& context, const std::vector<std::string>& ids, LabelFormat format) {
  if (ids.empty() || ids.size() > kMostLabelsInBatch) {
    return Error{ErrorKind::invalid, "bad_batch_size", fmt::format("A batch has 1 to {} labels.", kMostLabelsInBatch)};
  }
  const BatchFacts facts = batch_facts(context, ids, format);
  Error faults{ErrorKind::invalid, "labels_missing", "Not every label can be printed; nothing was."};
  std::vector<BatchPart> parts;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Result<BatchPart> part = Error{ErrorKind::invalid, "bad_label_id", "'" + ids[i].substr(0, 40) + "' is no id of a return or a parcel."};
    if (const auto id = id_or_code<ReturnId>(ids[i], domain::CodeKind::return_)) part = return_part(context, *id, facts, format);
    if (const auto id = id_or_code<ParcelId>(ids[i], domain::CodeKind::parcel)) part = parcel_part(*id, facts, format);
    if (part)
      parts.push_back(*std::move(part));
    else
      faults.faults.push_back({fmt::format("/ids/{}", i), part.error().code, part.error().message});
  }
  if (!faults.faults.empty()) return faults;
  return joined_parts(std::move(parts), context.now);
}

}  // namespace roundtrip::usecases
