-- What the desk and the customers' pages look things up by.
CREATE INDEX return_lines_needs_person ON return_lines (merchant_id, return_id) WHERE acceptance = 'needs_person';
CREATE INDEX orders_name ON orders (merchant_id, lower(customer_name), order_id DESC);
