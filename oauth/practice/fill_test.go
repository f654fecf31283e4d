package practice

import (
	"strings"
	"testing"
)

func TestAPageIsFilled(t *testing.T) {
	t.Parallel()
	in := fields{
		"name": `<"O'Hara" & co>`, "count": 2, "yes": true, "no": false, "empty": "",
		"people": []fields{{"name": "Jane"}, {"name": "Bala"}}, "nobody": []fields(nil), "one": fields{"inner": "i"},
	}
	for page, want := range map[string]string{
		"plain":                                          "plain",
		`<a title="{{name}}">`:                           `<a title="&lt;&#34;O&#39;Hara&#34; &amp; co&gt;">`,
		"{{count}}":                                      "2",
		"{{#yes}}a{{/yes}}{{^yes}}b{{/yes}}":             "a",
		"{{#no}}a{{/no}}{{^no}}b{{/no}}":                 "b",
		"{{#empty}}a{{/empty}}{{^empty}}b{{/empty}}":     "b",
		"{{#people}}{{name}} {{count}}, {{/people}}":     "Jane 2, Bala 2, ",
		"{{#nobody}}a{{/nobody}}{{^nobody}}b{{/nobody}}": "b",
		"{{#one}}{{inner}}{{#yes}}!{{/yes}}{{/one}}":     "i!",
	} {
		if got, err := fill(page, in); err != nil || got != want {
			t.Errorf("%s: %q, %v", page, got, err)
		}
	}
}

func TestAMistakeInAPageIsNotShownAsOne(t *testing.T) {
	t.Parallel()
	for page, words := range map[string]string{
		"{{nam}}": `"nam"`, "{{#yes}}": "no end", "{{": `""`, "{{#yes}}{{nam}}{{/yes}}": `"nam"`,
	} {
		if got, err := fill(page, fields{"name": "n", "yes": true}); err == nil || got != "" || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %q, %v", page, got, err)
		}
	}
}
