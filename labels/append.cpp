// PDFs put together by libqpdf.
#include "labels/append.hpp"

#define POINTERHOLDER_TRANSITION 4  // no old pointer class of the library

#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

namespace roundtrip::labels {
namespace {
constexpr std::size_t kMostForeignPages = 20;

std::shared_ptr<QPDF> opened(const std::string& bytes, const char* name) {
  auto file = QPDF::create();
  file->setSuppressWarnings(true);
  file->processMemoryFile(name, bytes.data(), bytes.size());
  return file;
}
}  // namespace

Result<std::string> appended(const std::string& ours, const std::vector<std::string>& others) {
  const auto whole = opened(ours, "ours");
  QPDFPageDocumentHelper pages(*whole);
  std::vector<std::shared_ptr<QPDF>> sources;  // pages are copied when the file is written
  try {
    for (const std::string& other : others) {
      sources.push_back(opened(other, "other"));
      const auto theirs = QPDFPageDocumentHelper(*sources.back()).getAllPages();
      if (theirs.empty() || theirs.size() > kMostForeignPages) throw std::runtime_error(std::to_string(theirs.size()) + " pages");
      for (const auto& page : theirs) pages.addPage(page, false);
    }
    QPDFWriter writer(*whole);
    writer.setOutputMemory();
    writer.write();
    const auto out = writer.getBufferSharedPointer();
    return std::string(reinterpret_cast<const char*>(out->getBuffer()), out->getSize());
  } catch (const std::exception& fault) {
    return Error{ErrorKind::invalid, "label_document_unreadable",
                 std::string("The carrier's document cannot be printed: ") + fault.what() + ". Ask the carrier for it again."};
  }
}

}  // namespace roundtrip::labels
