// Taking in documents from files: orders, cancellations, stock adjustments, free orders, bad debts.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "connectors/csv.hpp"
#include "connectors/mapping.hpp"
#include "connectors/retail.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct ImportOptions {
  bool dry_run = false;           // read, recognize and check; the database is not touched
  bool stock_for_orders = false;  // make the products and the stock that the orders need, one movement a SKU and batch
  bool notify = false;            // tell the customers; imported history tells nobody
  int batch = 200;                // documents written in one transaction
  std::string warehouse = "";     // name; empty: the merchant's first
};

// What a file held. Documents and their rows count whether they were imported now or before.
struct ImportCounts {
  std::int64_t rows = 0;  // every record after the header, faulty ones too
  std::array<std::int64_t, connectors::kDocumentKinds> rows_by_kind{};
  std::array<std::int64_t, connectors::kDocumentKinds> documents_by_kind{};
  std::int64_t quantity = 0;
  connectors::Decimal value = 0;
  std::int64_t errors = 0;            // rows that were not taken; rows = sum of rows_by_kind + errors
  std::int64_t imported = 0;          // documents written now
  std::int64_t already_imported = 0;  // documents that were here
  ImportCounts& operator+=(const ImportCounts& other);
};

struct ImportHooks {
  std::function<void(const connectors::RowFault&)> fault;                            // each row that is not imported
  std::function<void(const ImportCounts&, const connectors::ByteSource&)> progress;  // after each batch and now and then
};

// Reads one file to its end and writes its documents in batches, each in one transaction, so that a run that is killed is completed by
// the next one. A document that is here already with the same content is counted, with other content refused. `context` may be null
// in a dry run. Fails as a whole only when the header does not fit or the bytes break off (what was whole by then is imported).
Result<ImportCounts> import_file(const Context* context, const connectors::Mapping& mapping, connectors::ByteSource& source,
                                 const ImportOptions& options, const ImportHooks& hooks);

}  // namespace roundtrip::usecases
