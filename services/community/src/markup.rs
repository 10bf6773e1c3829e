//! What activities say, as HTML that harms nobody.

use pulldown_cmark::{Options, Parser, html::push_html};

/// The HTML of a text, or of Markdown (CommonMark, with tables and strikethrough).
pub(crate) fn html(content: &str, is_markdown: bool) -> String {
    if !is_markdown {
        return ammonia::clean_text(content);
    }
    let mut html = String::with_capacity(content.len() * 3 / 2);
    push_html(&mut html, Parser::new_ext(content, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH));
    ammonia::clean(&html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_rendered_without_what_harms() {
        assert_eq!(html("**Hi** _you_", true), "<p><strong>Hi</strong> <em>you</em></p>\n");
        let harm = "<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n<img src=x onerror=alert(1)>";
        let harmless = html(harm, true);
        for part in ["<script", "javascript:", "onerror"] {
            assert!(!harmless.contains(part), "{harmless}");
        }
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(html("<b>1 & 2</b>", false), "&lt;b&gt;1&#32;&amp;&#32;2&lt;&#47;b&gt;");
    }
}
