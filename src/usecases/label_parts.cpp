// From facts to what goes on a label.
#include "usecases/label_parts.hpp"

#include <fmt/format.h>

#include "carriers/shipping_parts.hpp"
#include "domain/codes.hpp"
#include "domain/money.hpp"
#include "labels/fonts.hpp"
#include "labels/text.hpp"

namespace roundtrip::usecases {
namespace {

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

// "+351 210 000 000 · help@shop.example · Mo-Fr 9-17"
std::string contact_line(const store::ReturnLabelFacts& facts) {
  std::string out;
  for (const std::string& part : {facts.contact_phone, facts.contact_email, facts.contact_hours}) {
    if (!part.empty()) out += (out.empty() ? "" : "  ·  ") + part;
  }
  return out;
}

std::string freight_line(const store::ReturnLabelFacts& facts, const labels::ReturnWords& words) {
  if (facts.freight == "merchant") return words.free;
  return facts.freight == "customer" ? words.paid : "";
}

// Minor units with their currency, "12.50 EUR".
std::string customs_money(std::int64_t amount, const std::string& currency) {
  const int places = domain::exponent(currency);
  std::string digits = fmt::format("{:0{}}", amount, places + 1);
  if (places > 0) digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  return digits + " " + currency;
}

// A CN 22 declares at most 300 SDR in at most 2 kg; more wants a CN 23, which is good for less too (UPU Convention Manual, article
// 20-001, formerly 17-107). What 300 SDR are changes daily, so these amounts, in major units, lie well below; any other currency gets a
// CN 23.
bool fits_cn22(std::int64_t total, const std::string& currency, int weight_g) {
  constexpr int kMostGrams = 2000;
  struct Limit {
    std::string_view currency;
    std::int64_t amount;
  };
  constexpr Limit kLimits[] = {{"EUR", 320}, {"USD", 350}, {"GBP", 270}, {"CHF", 300}, {"CAD", 480}, {"AUD", 520}};
  for (const Limit& limit : kLimits) {
    if (limit.currency == currency) return total <= limit.amount * 100 && weight_g > 0 && weight_g <= kMostGrams;
  }
  return false;
}

}  // namespace

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
  label.freight = freight_line(facts, label.words);
  label.contact = leniently(contact_line(facts));
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
  label.sscc = facts.sscc;
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

std::optional<labels::CustomsForm> customs_form(const store::ReturnLabelFacts& facts, ReturnId return_id, Instant now) {
  if (facts.from.country.empty() || facts.to.country.empty() || !carriers::crosses_customs(facts.from.country, facts.to.country)) {
    return std::nullopt;
  }
  labels::CustomsForm form;
  form.from = leniently(facts.from);
  form.to = strictly(facts.to);
  form.order = leniently(facts.order_external_id);
  form.invoice = form.order;
  form.code = domain::code_of(return_id);
  form.reason = "Returned goods";
  form.day = labels::day_text("en", now);
  std::int64_t total = 0;
  bool all_weighed = true;
  for (const auto& item : facts.items) {
    const std::int64_t value = domain::multiply_exactly(item.quantity, item.unit_price), weight = item.quantity * item.weight_g;
    total = domain::add_exactly(total, value);
    form.weight_g += static_cast<int>(std::min<std::int64_t>(weight, 1'000'000'000));
    all_weighed = all_weighed && item.weight_g > 0;
    form.items.push_back({item.quantity, leniently(item.description.empty() ? item.sku : item.description), item.hs_code, item.origin,
                          customs_money(value, facts.currency), static_cast<int>(std::min<std::int64_t>(weight, 1'000'000'000))});
  }
  form.total = customs_money(total, facts.currency);
  form.cn23 = !all_weighed || !fits_cn22(total, facts.currency, form.weight_g);
  return form;
}

}  // namespace roundtrip::usecases
