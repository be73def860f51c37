// Running the independent tools.
#include "labels/support.hpp"

#include <ZXing/ReadBarcode.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "labels/raster.hpp"

namespace roundtrip::labels::test {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "roundtrip-labels-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Ran run(const std::string& command) {
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  Ran out;
  char buffer[4096];
  std::size_t count = 0;
  while ((count = fread(buffer, 1, sizeof buffer, pipe)) > 0) out.output.append(buffer, count);
  const int status = pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (out.status == 127) throw std::runtime_error("not installed: " + command.substr(0, command.find(' ')));
  return out;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file) throw std::runtime_error("cannot write " + path);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

namespace {
Gray parse_pgm(const std::string& bytes) {
  std::istringstream in(bytes);
  std::string magic;
  int width = 0, height = 0, most = 0;
  in >> magic >> width >> height >> most;
  in.get();
  if (magic != "P5" || most != 255) throw std::runtime_error("not a PGM");
  const auto start = static_cast<std::size_t>(in.tellg());
  return {width, height, {bytes.begin() + static_cast<std::ptrdiff_t>(start), bytes.end()}};
}
}  // namespace

std::vector<Gray> render(const std::string& pdf, int dots_per_inch) {
  const Folder folder;
  write_file(folder.path("in.pdf"), pdf);
  const auto ran = run("pdftoppm -gray -r " + std::to_string(dots_per_inch) + " " + folder.path("in.pdf") + " " + folder.path("page"));
  if (ran.status != 0) throw std::runtime_error("pdftoppm failed");
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path(""))) {
    if (entry.path().extension() == ".pgm") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<Gray> pages;
  for (const auto& file : files) pages.push_back(parse_pgm(read_file(file)));
  return pages;
}

std::string text_of(const std::string& pdf) {
  const Folder folder;
  write_file(folder.path("in.pdf"), pdf);
  return run("pdftotext -raw " + folder.path("in.pdf") + " -").output;
}

std::string faults_of(const std::string& pdf) {
  const Folder folder;
  write_file(folder.path("in.pdf"), pdf);
  const auto ran = run("qpdf --check " + folder.path("in.pdf"));
  return ran.status == 0 ? "" : "qpdf says " + std::to_string(ran.status) + ": " + ran.output;
}

Found read_with_zxing(const Gray& image) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    alarm(60);
    const ZXing::ImageView view(image.pixels.data(), image.width, image.height, ZXing::ImageFormat::Lum);
    ZXing::DecodeHints linear, matrix;
    linear.setFormats(ZXing::BarcodeFormat::Code128).setTryDownscale(false);
    matrix.setFormats(ZXing::BarcodeFormat::QRCode);
    std::string out;
    for (const auto& hints : {linear, matrix}) {
      for (const auto& result : ZXing::ReadBarcodes(view, hints)) {
        if (result.isValid()) out += std::string(ZXing::ToString(result.format())) + "\t" + result.text() + "\n";
      }
    }
    const auto written = write(ends[1], out.data(), out.size());
    _exit(written == static_cast<ssize_t>(out.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = read(ends[0], buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the reader died";
  Found found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) found.emplace_back(line.substr(0, line.find('\t')), line.substr(line.find('\t') + 1));
  return found;
}

Found read_with_zbar(const Gray& image) {
  const Folder folder;
  std::string pgm = "P5\n" + std::to_string(image.width) + " " + std::to_string(image.height) + "\n255\n";
  pgm.append(image.pixels.begin(), image.pixels.end());
  write_file(folder.path("in.pgm"), pgm);
  std::istringstream lines(run("zbarimg -q --nodbus " + folder.path("in.pgm")).output);
  Found found;
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    const std::string symbology = line.substr(0, colon);
    found.emplace_back(symbology == "CODE-128" ? "Code128" : symbology == "QR-Code" ? "QRCode" : symbology, line.substr(colon + 1));
  }
  return found;
}

bool holds(const Found& found, const std::string& symbology, const std::string& content) {
  for (const auto& [kind, text] : found) {
    if (kind == symbology && text == content) return true;
  }
  return false;
}

Gray to_gray(const Bitmap& bitmap) {
  Gray out{bitmap.width, bitmap.height, {}};
  for (const auto dark : bitmap.dark) out.pixels.push_back(dark ? 0 : 255);
  return out;
}

ReturnLabel sample_return() {
  ReturnLabel label;
  label.words = return_words("en");
  label.shop = "Lume Keramik";
  label.order = "SO-1001";
  label.code = "R00014DX";
  label.valid_until = "19 Dec 2026";
  label.from = {"Ana Lima", "", "Rua A 1", "2.º Dto", "Lisboa", "", "1000-001", "PT", ""};
  label.to = {"Lume Keramik Returns", "Lume GmbH", "Größenstraße 12", "Tor 3", "Köln", "", "50667", "DE", ""};
  label.items = {{2, "MUG-RED", "Red mug"}, {1, "BOWL-XL", "Serving bowl, ocean blue"}};
  return label;
}

ParcelLabel sample_parcel() {
  ParcelLabel label;
  label.from = {"Lume Keramik", "", "Größenstraße 12", "", "Köln", "", "50667", "DE", ""};
  label.to = {"Ana Lima", "", "Rua A 1", "2.º Dto", "Lisboa", "", "1000-001", "PT", ""};
  label.carrier = "DEMO EXPRESS";
  label.service = "STANDARD";
  label.tracking_number = "DM0000123456789PT";
  label.code = "P0001A3K";
  label.order = "SO-1001";
  label.day = "21 Nov 2026";
  label.number = 1;
  label.count = 2;
  label.weight_g = 1250;
  return label;
}

}  // namespace roundtrip::labels::test
