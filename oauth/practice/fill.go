package practice

import (
	"fmt"
	"html"
	"strings"
)

// fields are what a page is filled with, by name: text, whether a part is
// shown (bool), or a part's own fields, once for each time it is shown.
//
// This is the little of mustache(5) that the pages need. A template package
// calls methods by name, after which the linker drops none of any type: 2 MB
// more for egnyte-auth, which holds this package.
type fields map[string]any

// fill writes a page: {{name}} is text, and what lies between {{#name}} and
// {{/name}} is shown as often as its fields say, between {{^name}} and
// {{/name}} only where it would not be. All text is escaped for HTML and for
// attributes in double quotes. Inner fields hide outer ones.
func fill(page string, in ...fields) (string, error) {
	var out strings.Builder
	for {
		before, rest, more := strings.Cut(page, "{{")
		out.WriteString(before)
		if !more {
			return out.String(), nil
		}
		tag, rest, _ := strings.Cut(rest, "}}")
		name := strings.TrimLeft(tag, "#^")
		value, known := lookUp(in, name)
		if !known {
			return "", fmt.Errorf("filling a page: nothing is called %q", tag)
		}
		if name == tag {
			fmt.Fprint(&out, html.EscapeString(fmt.Sprint(value)))
			page = rest
			continue
		}
		part, after, ended := strings.Cut(rest, "{{/"+name+"}}")
		if !ended {
			return "", fmt.Errorf("filling a page: %q has no end", tag)
		}
		for _, inner := range times(value, tag[0] == '^') {
			text, err := fill(part, append(in, inner)...)
			if err != nil {
				return "", err
			}
			out.WriteString(text)
		}
		page = after
	}
}

// lookUp finds a name in the innermost fields that have it.
func lookUp(in []fields, name string) (value any, known bool) {
	for n := len(in) - 1; n >= 0; n-- {
		if value, known = in[n][name]; known {
			return value, true
		}
	}
	return nil, false
}

// times is the fields with which a part is shown, once for each.
func times(value any, inverted bool) []fields {
	var all []fields
	switch value := value.(type) {
	case []fields:
		all = value
	case fields:
		all = []fields{value}
	case bool:
		if value {
			all = []fields{nil}
		}
	case string:
		if value != "" {
			all = []fields{nil}
		}
	}
	switch {
	case !inverted:
		return all
	case len(all) == 0:
		return []fields{nil}
	}
	return nil
}
