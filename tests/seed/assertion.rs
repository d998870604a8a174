//! The statement for any driver.
