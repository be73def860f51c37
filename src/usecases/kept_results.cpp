// JSON there and back.
#include "usecases/kept_results.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::usecases {
namespace {
using nlohmann::json;

template <class IdType>
json texts_of(const std::vector<IdType>& ids) {
  json out = json::array();
  for (const auto id : ids) out.push_back(to_text(id));
  return out;
}

template <class IdType>
std::vector<IdType> ids_in(const json& texts) {
  std::vector<IdType> ids;
  for (const auto& text : texts) ids.push_back(parse_id<IdType>(text.get<std::string>()).value());
  return ids;
}
}  // namespace

std::string kept_text(const ReturnReceived& received) {
  json judged = json::array();
  for (const auto& one : received.judged)
    judged.push_back(
        {{"sku", one.sku}, {"to", one.disposition}, {"waste", one.special_waste}, {"units", one.units}, {"accepted", one.accepted}});
  const json out = {{"status", received.status},         {"new", received.anything_new},
                    {"units", received.units},           {"refunds", texts_of(received.refunds)},
                    {"wait", received.refund_wait_us},   {"judged", std::move(judged)},
                    {"suggestion", received.suggestion}, {"restocked", received.restocked}};
  return out.dump();
}

ReturnReceived received_from(const std::string& text) {
  const json kept = json::parse(text);
  ReturnReceived received;
  received.status = kept.at("status");
  received.anything_new = kept.at("new");
  received.units = kept.at("units");
  received.refunds = ids_in<RefundId>(kept.at("refunds"));
  received.refund_wait_us = kept.at("wait");
  for (const auto& one : kept.at("judged"))
    received.judged.push_back({one.at("sku"), one.at("to"), one.at("waste"), one.at("units"), one.at("accepted")});
  received.suggestion = kept.at("suggestion");
  received.restocked = kept.at("restocked").get<std::vector<std::string>>();
  return received;
}

std::string kept_text(const ReceiptUndone& undone) {
  const json out = {
      {"status", undone.status}, {"receipt", undone.receipt}, {"units", undone.units}, {"whole", undone.whole}, {"what", undone.what}};
  return out.dump();
}

ReceiptUndone undone_from(const std::string& text) {
  const json kept = json::parse(text);
  return {kept.at("status"), kept.at("receipt"), kept.at("units"), kept.at("whole"), kept.at("what")};
}

std::string kept_text(const FoundSettled& settled) {
  json out = {{"refunds", texts_of(settled.refunds)}, {"restocked", settled.restocked}};
  if (settled.return_id) out["return"] = to_text(*settled.return_id);
  return out.dump();
}

FoundSettled settled_from(const std::string& text) {
  const json kept = json::parse(text);
  FoundSettled settled;
  settled.refunds = ids_in<RefundId>(kept.at("refunds"));
  settled.restocked = kept.at("restocked").get<std::vector<std::string>>();
  if (kept.contains("return")) settled.return_id = parse_id<ReturnId>(kept.at("return").get<std::string>());
  return settled;
}

}  // namespace roundtrip::usecases
