//! The engine: reads, builds and judges certificates, and nothing else.
