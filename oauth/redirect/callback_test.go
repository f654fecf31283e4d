package redirect

import (
	"net/url"
	"slices"
	"testing"
)

// Whatever the query: it is taken only with exactly one state, the right one,
// and exactly one of code and error, and then handed over as it was.
func FuzzCallback(f *testing.F) {
	for _, query := range []string{
		"", "code=c&state=S", "error=access_denied&state=S", "code=c&error=e&state=S", "code=c&state=S&state=S",
		"code=c&state=S&egnyte_domain=acme&domain=", "c%6Fde=c&state=%53", "code=c;state=S", "code=%&state=S", "x=%zz&code=c&state=S", "&&=&code=c&state=S#f",
	} {
		f.Add(query, "https://acme.egnyte.com/")
	}
	f.Fuzz(func(t *testing.T, query, referer string) {
		callback, err := readCallback(query, referer, "S")
		if err != nil {
			return
		}
		given, _ := url.ParseQuery(query) // drops what it can't read
		if slices.ContainsFunc(given["state"], func(s string) bool { return s != "S" }) || len(given["state"]) > 1 {
			t.Errorf("%q was taken with states %q", query, given["state"])
		}
		if callback.Code.IsZero() == (callback.Error == "") {
			t.Errorf("%q gave not exactly one of code and error", query)
		}
		if len(given["code"]) > 1 || len(given["error"]) > 1 || len(given["code"]) == 1 && given["code"][0] != callback.Code.Reveal() {
			t.Errorf("%q was read as another code", query)
		}
		if slices.Contains(callback.Domain, "") || callback.Referer != referer {
			t.Errorf("%q: domain %q, referer %q", query, callback.Domain, callback.Referer)
		}
	})
}
