// Labels, voids and manifests through a carrier's API: pure request builders and reply parsers, as in carrier.hpp.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

struct Party {
  domain::Address address;
  std::string email;
};

// What is in the box, for customs.
struct Content {
  std::string description;
  std::int64_t quantity = 1;
  std::int64_t value = 0;  // of one, minor units of the order's currency
  int weight_g = 0;        // of one
  std::string hs_code, origin_country;
};

struct LabelOrder {
  std::string reference;  // ours; the same order of a label carries the same one
  Direction direction = Direction::outbound;
  Party from, to;
  std::string service;                                           // the carrier's code; empty: the adapter's default for the direction
  int weight_g = 0, length_mm = 0, width_mm = 0, height_mm = 0;  // 0: not known
  std::string currency;
  std::vector<Content> contents;
  std::string format = "pdf";  // pdf, png, zpl; the adapter asks for the nearest it has
  bool qr = false;             // a code to show at a counter, beside the label or instead of it
  std::string rma;             // the return's number, printed where the carrier has a field
  Instant ship_at;             // the day it goes out
};

enum class LabelPart { label, qr, customs_form, receipt };

struct LabelDocument {
  LabelPart part = LabelPart::label;
  std::string format;  // pdf, png, gif, zpl
  std::string bytes;   // decoded; empty: to be fetched from `url` with the account's credentials
  std::string url;
};

struct BoughtLabel {
  std::string number;   // tracking number
  std::string void_id;  // what void_request wants; empty: it cannot be voided (it is not charged unless it is used)
  std::vector<LabelDocument> documents;
  std::optional<Instant> expires_at;
  std::optional<std::int64_t> price;  // minor units of price_currency
  std::string price_currency;
};

struct LabelReply {
  Trouble trouble = Trouble::none;
  std::string detail;  // the carrier's codes and words
  std::int64_t retry_after_us = 0;
  BoughtLabel label;
};

struct VoidReply {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
  bool pending = false;  // accepted, to be decided later
};

struct ManifestReply {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
  std::string manifest_id;
  std::vector<LabelDocument> documents;
};

// What goes out in one hand-over.
struct ManifestOrder {
  std::vector<std::string> numbers;
  Party from;
  Instant ship_at;  // the day it goes out
};

class Shipping {
 public:
  virtual ~Shipping() = default;
  virtual bool returns() const = 0;   // labels for the way back
  virtual bool outbound() const = 0;  // labels for the way out
  virtual bool qr() const { return false; }
  virtual bool manifests() const { return false; }
  virtual HttpRequest label_request(const CarrierAccount& account, const LabelOrder& order) const = 0;
  virtual LabelReply parse_label(const HttpOutcome& outcome) const = 0;
  virtual HttpRequest void_request(const CarrierAccount& account, std::string_view void_id) const = 0;
  virtual VoidReply parse_void(const HttpOutcome& outcome) const = 0;
  // Of labels, by their void_ids (most carriers': the tracking numbers).
  virtual HttpRequest manifest_request(const CarrierAccount&, std::span<const std::string>) const { return {}; }
  // What is called: for carriers that also want to know whence and when.
  virtual HttpRequest manifest_request_for(const CarrierAccount& account, const ManifestOrder& order) const {
    return manifest_request(account, order.numbers);
  }
  virtual ManifestReply parse_manifest(const HttpOutcome&) const { return {Trouble::bad_request, "no manifests", 0, "", {}}; }

  // Where buying takes a second authorization beside the token (USPS): asked for with the token, kept as long as it lives, and carried as
  // CarrierAccount::payment_token. Nothing: not needed.
  virtual std::optional<HttpRequest> payment_request(const CarrierAccount&) const { return std::nullopt; }
  virtual TokenReply parse_payment(const HttpOutcome&) const { return {Trouble::bad_request, "no payment tokens", 0, "", 0}; }

  // Fetches a document that came as a URL, with the account's credentials where the URL is the carrier's own. The default sends the token,
  // and asks for nothing (an empty URL) where the document is neither at an https address nor at the account's own base URL.
  virtual HttpRequest document_request(const CarrierAccount& account, const LabelDocument& document) const;
  // The document's bytes; its format is what they are.
  virtual LabelReply parse_document(const HttpOutcome& outcome, const LabelDocument& document) const;
};

}  // namespace roundtrip::carriers
