// Labels: size and processor time of one, pages a second of a batch, what shaping and embedding cost; against the bars of the issue.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "domain/codes.hpp"
#include "labels/layout.hpp"
#include "labels/pdf.hpp"

namespace {
using namespace roundtrip;
using namespace roundtrip::labels;

double processor_ms() {
  timespec at{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
}

double median_ms(int rounds, const std::function<void()>& work) {
  std::vector<double> all;
  for (int i = 0; i < rounds; ++i) {
    const double before = processor_ms();
    work();
    all.push_back(processor_ms() - before);
  }
  std::nth_element(all.begin(), all.begin() + rounds / 2, all.end());
  return all[static_cast<std::size_t>(rounds / 2)];
}

ParcelLabel parcel(std::int64_t number, const std::string& name, const std::string& street) {
  ParcelLabel label;
  label.from = {"", "Roundtrip Demo Shop", "Lagerstraße 7", "", "Hamburg", "", "20457", "DE", ""};
  label.to = {name, "", street, "2. Stock", "München", "Bayern", "80331", "DE", "+49 89 123456"};
  label.carrier = "Demo Carrier";
  label.service = "Standard";
  label.tracking_number = fmt::format("DM{:013}DE", number);
  label.code = domain::code_of(ParcelId{number});
  label.order = fmt::format("SO-{}", number);
  label.day = "19 Nov 2026";
  label.weight_g = 1250;
  return label;
}

bool told(const char* what, double value, const char* unit, double bar, bool at_most) {
  const bool good = at_most ? value <= bar : value >= bar;
  fmt::print("{:<44} {:>10.2f} {:<10} {} {:g}: {}\n", what, value, unit, at_most ? "at most" : "at least", bar, good ? "good" : "MISSED");
  return good;
}

std::string batch_of(int pages, bool scripts) {
  static const std::pair<const char*, const char*> kPeople[] = {{"Ana Lima", "Rua das Flores 12"},
                                                                {"Nguyễn Thị Phượng", "Đường Láng 5"},
                                                                {"محمد الأحمد", "شارع الملك فهد 7"},
                                                                {"สมชาย ใจดี", "ถนนสุขุมวิท 21"},
                                                                {"山田太郎", "丸の内1丁目"}};
  Drawing all;
  for (int i = 0; i < pages; ++i) {
    const auto& [name, street] = kPeople[scripts ? static_cast<std::size_t>(i) % std::size(kPeople) : 0];
    auto one = lay_out(parcel(1000 + i, fmt::format("{} {}", name, i % 97), street), fonts());
    all.pages.push_back(std::move(one->pages.front()));
  }
  return pdf(all, fonts(), Instant{});
}

}  // namespace

int main() {
  const auto one = [] { return pdf(lay_out(parcel(7, "Jörg Größ", "Sendlinger Straße 1"), fonts()).value(), fonts(), Instant{}); };
  const std::size_t bytes = one().size();
  bool good = told("one label, QR and Code 128: size", static_cast<double>(bytes) / 1000, "kB", 25, true);
  good &= told("one label: processor time", median_ms(41, [&] { one(); }), "ms", 8, true);
  constexpr int kPages = 500;
  const double latin = median_ms(5, [] { batch_of(kPages, false); }), scripts = median_ms(5, [] { batch_of(kPages, true); });
  good &= told("batch of 500, laid out and drawn", kPages / latin * 1000, "pages/s", 1000, false);
  good &= told("the same in five scripts", kPages / scripts * 1000, "pages/s", 1000, false);
  fmt::print("{:<44} {:>10.2f} kB/page\n", "batch of 500: size", static_cast<double>(batch_of(kPages, false).size()) / kPages / 1000);
  return good ? 0 : 1;
}
