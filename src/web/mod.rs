//! All of HTTP, and nothing else. What a page looks like and says lives in [`view`].

pub mod view;
