// What goes on a label: plain values, filled by the use case.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace roundtrip::labels {

enum class Paper { a4, four_by_six };

struct PostalAddress {
  std::string name, company, line1, line2, city, region, postal_code;
  std::string country;  // ISO 3166-1 alpha-2
  std::string phone;
};

// The words of a return label in the customer's language.
struct ReturnWords {
  std::string title, banner, from, to, order, code, items, quantity, article, valid_until, cut, page, more;
  std::string freight, free, paid, contact;  // "Postage": "paid by the shop" or "paid by you"; "Questions?"
  std::array<std::string, 4> steps;
};
// English, German and Portuguese; English for any other locale.
const ReturnWords& return_words(const std::string& locale);
// "19 Dec 2026", "19.12.2026", "19/12/2026"; the day in UTC.
std::string day_text(const std::string& locale, Instant at);

struct ReturnItem {
  std::int64_t quantity = 0;
  std::string sku, description;
};

struct ReturnLabel {
  ReturnWords words;
  std::string shop;                      // the brand, on top
  std::string order;                     // the shop's order number
  std::string code;                      // our code of the return: Code 128 and text
  std::string link;                      // what the QR holds; empty: the code
  std::string carrier, tracking_number;  // empty: none; else the number is the big barcode
  std::string valid_until;               // as text; empty: not said
  std::string freight;                   // who pays it, as text; empty: not said
  std::string contact;                   // of the shop: phone, mail, hours on one line
  PostalAddress from, to;
  std::vector<ReturnItem> items;
};

struct ParcelLabel {
  PostalAddress from, to;
  std::string carrier, service;
  std::string tracking_number;  // empty: the parcel's code is the big barcode
  std::string code;             // our code of the parcel: QR and text
  std::string order;
  std::string sscc;           // 18 digits: printed as GS1-128 and GS1 DataMatrix; empty: none
  std::string day;            // when it was packed, as text
  int number = 1, count = 1;  // parcel 1 of 2
  int weight_g = 0;           // 0: not weighed
};

// What customs is told about goods that go back over a border.
struct CustomsItem {
  std::int64_t quantity = 0;
  std::string description, hs_code, origin, value;  // the value as text with its currency
  int weight_g = 0;                                 // of all of them; 0: not known
};
struct CustomsForm {
  bool cn23 = false;  // with more to declare than a CN 22 may
  PostalAddress from, to;
  std::string order, code, invoice, reason, day;
  std::vector<CustomsItem> items;
  std::string total;
  int weight_g = 0;
};

// What left with one carrier in one hand-over, to be signed for.
struct HandoverRow {
  std::string code, tracking_number, order, place;
  int weight_g = 0;  // 0: not weighed
  std::string by;    // who handed it over
};
struct HandoverList {
  std::string carrier, warehouse, code;
  std::string reference;  // the carrier's number of it; empty: none
  std::string made_at, made_by;
  std::vector<HandoverRow> rows;
};

// A card or sticker that is scanned: a command in place of a key, a bin, a tote, a badge.
struct CommandCard {
  std::string word, code, hint;
};

}  // namespace roundtrip::labels
