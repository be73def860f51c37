// What the languages share that sell labels; private to them.
#pragma once
#include <string>

#include "demo/label_paper.hpp"
#include "demo/tongue_desk.hpp"
#include "demo/tongue_parts.hpp"
#include "demo/world_book.hpp"

namespace roundtrip::demo {

using Served = TongueReply (*)(const TongueRequest&, const Counter&);
// Another API of the same carrier: its tokens and errors, calls and answers of its own.
Tongue serving(Tongue carrier, std::string_view api, bool (*asks)(const TongueRequest&), Served serve);

// Texts and numbers of a request as text; "" where there are none.
std::string said(const OrderedJson& json, const std::string& pointer);
// A number, or a text that is one; 0 where there is none.
double amount(const OrderedJson& json, const std::string& pointer);
// Invalid JSON and everything but an object is an empty object.
OrderedJson object_of(const std::string& body);
// A list's members, or the one thing that is there instead of a list.
std::vector<OrderedJson> members(const OrderedJson& json, const std::string& pointer);

std::string money_text(std::int64_t cents);
// Has the carrier the parcel of the label?
bool is_used(const Counter& counter, const SoldLabel& label);
// `digits` digits of a serial.
std::string digits_of(std::uint64_t serial, int digits);
// The digit that brings the sum of the digits, weighted `even` at places 0, 2, 4 ... and `odd` at the others, to a multiple of ten.
char mod10_of(std::string_view serial, int even, int odd);
// Between two countries that the demo knows to have customs between them; the EU is one territory.
bool crosses_a_border(const std::string& from, const std::string& to);
// "DEU" -> "DE" of the countries that DHL's letters are known for; the first two letters otherwise.
std::string two_letters(const std::string& country);

}  // namespace roundtrip::demo
