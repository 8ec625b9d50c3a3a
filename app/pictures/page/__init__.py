"""A page of drawings as PNG, SVG and GIF: `layout` says where each lies, `ink_strokes` how a stroke looks."""
