// A batch of imported documents written in one transaction: orders planned on the stock there is, adjustments booked, the rest kept.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "connectors/mapping.hpp"
#include "connectors/retail.hpp"
#include "usecases/context.hpp"
#include "usecases/imports.hpp"

namespace roundtrip::usecases {

// What became of a document.
struct DocumentOutcome {
  enum class What { imported, already, refused } what = What::imported;
  std::string code, message;  // of a refusal
};

struct WrittenBatch {
  std::vector<DocumentOutcome> outcomes;  // of each document, in their order
  std::vector<std::string> landed;        // SKUs that an adjustment brought in: backorders may be waiting for them
};
Result<WrittenBatch> write_batch(const Context& context, const connectors::Mapping& mapping, const ImportOptions& options,
                                 std::vector<connectors::Document>& documents);

}  // namespace roundtrip::usecases
