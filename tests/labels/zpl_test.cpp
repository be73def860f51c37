// ZPL read by a small printer of our own: fields, boxes and graphics become dots again.
#include "labels/zpl.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "labels/raster.hpp"
#include "labels/support.hpp"

namespace roundtrip::labels {
namespace {
using namespace test;

struct Printed {
  Bitmap paper;
  std::vector<std::string> texts;  // ^FD, escapes undone
  int labels = 0;
  std::vector<std::string> unknown;
};

std::string unescaped(const std::string& field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '_' && i + 2 < field.size()) {
      out += static_cast<char>(std::strtol(field.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += field[i];
    }
  }
  return out;
}

// The numbers of "12,34,..."; `rest` is what follows the first `count` of them.
std::vector<int> numbers(const std::string& text, std::size_t count, std::string* rest = nullptr) {
  std::vector<int> out;
  std::size_t at = 0;
  while (out.size() < count) {
    const std::size_t comma = text.find(',', at);
    out.push_back(std::atoi(text.substr(at, comma - at).c_str()));
    if (comma == std::string::npos) return out;
    at = comma + 1;
  }
  if (rest) *rest = text.substr(at);
  return out;
}

void print_graphic(Bitmap& paper, int x, int y, const std::string& arguments) {
  std::string data;
  const auto head = numbers(arguments.substr(2), 3, &data);  // after "A,"
  const int bytes = head[2], rows = head[0] / head[2];
  std::string before;
  std::size_t at = 0;
  for (int row = 0; row < rows; ++row) {
    std::string line;
    if (data.at(at) == ':')
      line = before, ++at;
    else if (data.at(at) == ',')
      line = std::string(static_cast<std::size_t>(bytes) * 2, '0'), ++at;
    else
      line = data.substr(at, static_cast<std::size_t>(bytes) * 2), at += static_cast<std::size_t>(bytes) * 2;
    for (int dot = 0; dot < bytes * 8; ++dot) {
      const long nibble = std::strtol(line.substr(static_cast<std::size_t>(dot / 4), 1).c_str(), nullptr, 16);
      if ((nibble >> (3 - dot % 4) & 1) && x + dot < paper.width && y + row < paper.height) paper.at(x + dot, y + row) = 1;
    }
    before = line;
  }
  ASSERT_EQ(at, data.size()) << "graphic data left over";
}

Printed print(const std::string& text) {
  Printed out;
  int x = 0, y = 0;
  std::size_t at = text.find('^');
  while (at != std::string::npos) {
    const std::size_t next = text.find('^', at + 1);
    std::string command = text.substr(at + 1, next == std::string::npos ? std::string::npos : next - at - 1);
    while (!command.empty() && command.back() == '\n') command.pop_back();
    const std::string name = command.substr(0, 2), arguments = command.size() > 2 ? command.substr(2) : "";
    if (name == "XA")
      ++out.labels;
    else if (name == "PW")
      out.paper.width = std::atoi(arguments.c_str());
    else if (name == "LL") {
      out.paper.height = std::atoi(arguments.c_str());
      out.paper.dark.assign(static_cast<std::size_t>(out.paper.width) * static_cast<std::size_t>(out.paper.height), 0);
    } else if (name == "FO")
      x = numbers(arguments, 2)[0], y = numbers(arguments, 2)[1];
    else if (name == "FD")
      out.texts.push_back(unescaped(arguments));
    else if (name == "GF")
      print_graphic(out.paper, x, y, arguments);
    else if (name == "GB") {
      const auto box = numbers(arguments, 3);
      for (int row = 0; row < box[1]; ++row) {
        for (int column = 0; column < box[0]; ++column) {
          const bool edge = row < box[2] || row >= box[1] - box[2] || column < box[2] || column >= box[0] - box[2];
          if (edge && x + column < out.paper.width && y + row < out.paper.height) out.paper.at(x + column, y + row) = 1;
        }
      }
    } else if (name != "XZ" && name != "FT" && name != "CI" && name != "LH" && name != "A0" && name != "FH" && name != "FS" && name != "FR")
      out.unknown.push_back(command);
    at = next;
  }
  return out;
}

TEST(Zpl, BarcodesAreReadFromThePrintersDots) {
  const Printed printed = print(zpl(lay_out(sample_parcel(), fonts()).value(), fonts()));
  EXPECT_TRUE(printed.unknown.empty());
  EXPECT_EQ(printed.paper.width, 812);
  EXPECT_EQ(printed.paper.height, 1218);
  const Gray image = to_gray(printed.paper);
  for (const Found& found : {read_with_zxing(image), read_with_zbar(image)}) {
    EXPECT_TRUE(holds(found, "Code128", "DM0000123456789PT"));
    EXPECT_TRUE(holds(found, "QRCode", "P0001A3K"));
  }
}

TEST(Zpl, TextsInLatinScriptAreFieldsAndOthersAreDots) {
  ParcelLabel label = sample_parcel();
  label.to.name = "Größe Ñandú";
  label.to.company = "Nguyễn 東京";
  const Printed printed = print(zpl(lay_out(label, fonts()).value(), fonts()));
  EXPECT_NE(std::find(printed.texts.begin(), printed.texts.end(), "Größe Ñandú"), printed.texts.end());
  for (const std::string& text : printed.texts) EXPECT_EQ(text.find("東"), std::string::npos);
  // The dots of that line are there.
  const Drawing drawing = lay_out(label, fonts()).value();
  for (const PlacedText& text : drawing.pages[0].texts) {
    if (text.text != "Nguyễn 東京") continue;
    int dark = 0;
    for (int y = static_cast<int>(text.box.y * 203 / 72); y < static_cast<int>(text.box.bottom() * 203 / 72); ++y) {
      for (int x = static_cast<int>(text.box.x * 203 / 72); x < static_cast<int>(text.box.right() * 203 / 72); ++x)
        dark += printed.paper.at(x, y);
    }
    EXPECT_GT(dark, 500);
    return;
  }
  FAIL() << "the line was not laid out";
}

TEST(Zpl, TextCannotBecomeACommand) {
  ParcelLabel label = sample_parcel();
  label.to.name = "^XZ^XA~JR\\_41^FD";
  label.to.line1 = "a\n^FSb";
  const std::string text = zpl(lay_out(label, fonts()).value(), fonts());
  const Printed printed = print(text);
  EXPECT_EQ(printed.labels, 1);
  EXPECT_TRUE(printed.unknown.empty());
  EXPECT_EQ(text.find('~'), std::string::npos);
  EXPECT_NE(std::find(printed.texts.begin(), printed.texts.end(), "^XZ^XA~JR\\_41^FD"), printed.texts.end());
}

TEST(Zpl, IsSmallEnoughForASlowPrinter) { EXPECT_LT(zpl(lay_out(sample_parcel(), fonts()).value(), fonts()).size(), 8'000u); }

}  // namespace
}  // namespace roundtrip::labels
