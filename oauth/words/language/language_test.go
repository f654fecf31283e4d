package language

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"egnyte-accounts/assets"
	"egnyte-accounts/assets/translations"
	"egnyte-accounts/oauth/words"
)

var update = flag.Bool("update", false, "write en.json from the source")

// file is a language's file: text by sentence, or text by plural form.
func file(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	data, err := translations.Files.ReadFile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	all := map[string]map[string]string{}
	for id, value := range raw {
		all[id] = map[string]string{}
		switch value := value.(type) {
		case string:
			all[id]["other"] = value
		case map[string]any:
			for form, text := range value {
				all[id][form], _ = text.(string)
			}
		}
	}
	return all
}

func english(said map[string]sentence) map[string]any {
	all := map[string]any{}
	for id, s := range said {
		all[id] = id
		if s.one != "" {
			all[id] = map[string]string{"one": s.one, "other": s.many}
		}
	}
	return all
}

func TestEverySentenceIsInEveryLanguageAndNoOther(t *testing.T) {
	said := sentences(t)
	if len(said) < 300 {
		t.Fatalf("only %d sentences were found", len(said))
	}
	if *update {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "\t")
		if err := encoder.Encode(english(said)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "assets/translations/en.json"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, name := range All() {
		has := file(t, name)
		for _, id := range slices.Sorted(maps.Keys(said)) {
			if has[id] == nil {
				t.Errorf("%s lacks %q", name, id)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(has)) {
			if _, used := said[id]; !used {
				t.Errorf("%s has %q, which nobody says", name, id)
			}
		}
	}
}

func TestTheEnglishFileIsTheSource(t *testing.T) {
	for id, s := range sentences(t) {
		want := map[string]string{"other": s.many}
		if s.one != "" {
			want["one"] = s.one
		}
		if got := file(t, "en")[id]; !maps.Equal(got, want) {
			t.Errorf("en says %q, the source %q", got, want)
		}
	}
}

func TestATranslationHasTheFactsOfTheEnglish(t *testing.T) {
	for _, name := range All() {
		for id, forms := range file(t, name) {
			for form, text := range forms {
				if got, want := factsIn(text), factsIn(id); !slices.Equal(got, want) {
					t.Errorf("%s, %q, %s: the facts are %q", name, id, form, got)
				}
				if text != strings.TrimSpace(text) || text == "" {
					t.Errorf("%s, %q, %s: untidy: %q", name, id, form, text)
				}
			}
		}
	}
}

var braced = regexp.MustCompile(`\{[^}]*\}`)

func factsIn(text string) []string {
	found := braced.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// forms are what CLDR has for whole numbers in everyday use.
var forms = map[string][]string{
	"en": {"one", "other"}, "de": {"one", "other"}, "es": {"many", "one", "other"}, "fr": {"many", "one", "other"},
	"pl": {"few", "many", "one", "other"}, "ja": {"other"},
}

func TestEveryLanguageHasItsPluralForms(t *testing.T) {
	said := sentences(t)
	for _, name := range All() {
		for id, has := range file(t, name) {
			want := []string{"other"}
			if said[id].one != "" {
				want = forms[name]
			}
			if got := slices.Sorted(maps.Keys(has)); !slices.Equal(got, want) {
				t.Errorf("%s, %q: the forms are %q, want %q", name, id, got, want)
			}
		}
	}
}

func TestNumbersAreSaidAsTheLanguageHasThem(t *testing.T) {
	t.Cleanup(func() { words.Use(nil) })
	for name, want := range map[string][5]string{ // of 0, 1, 2, 5 and 22
		"en": {"0 accounts need you", "1 account needs you", "2 accounts need you", "5 accounts need you", "22 accounts need you"},
		"de": {"0 Konten brauchen Sie", "1 Konto braucht Sie", "2 Konten brauchen Sie", "5 Konten brauchen Sie", "22 Konten brauchen Sie"},
		"es": {"0 cuentas le necesitan", "1 cuenta le necesita", "2 cuentas le necesitan", "5 cuentas le necesitan", "22 cuentas le necesitan"},
		"fr": {"0 compte a besoin de vous", "1 compte a besoin de vous", "2 comptes ont besoin de vous", "5 comptes ont besoin de vous", "22 comptes ont besoin de vous"},
		"pl": {"0 kont wymaga uwagi", "1 konto wymaga uwagi", "2 konta wymagają uwagi", "5 kont wymaga uwagi", "22 konta wymagają uwagi"},
		"ja": {"0 件のアカウントが要対応です", "1 件のアカウントが要対応です", "2 件のアカウントが要対応です", "5 件のアカウントが要対応です", "22 件のアカウントが要対応です"},
	} {
		use(t, name)
		for i, n := range []int{0, 1, 2, 5, 22} {
			if got := words.Count(n, "{n} account needs you", "{n} accounts need you"); got != want[i] {
				t.Errorf("%s: %q, want %q", name, got, want[i])
			}
		}
	}
}

// use has the test speak a language.
func use(t *testing.T, name string) {
	t.Helper()
	if name == All()[0] {
		words.Use(nil)
		return
	}
	catalogue, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	words.Use(catalogue)
}

func TestTheBrowsersPagesAreInTheLanguage(t *testing.T) {
	t.Cleanup(func() { words.Use(nil) })
	if got := *Pages(); got != assets.English {
		t.Errorf("without a language the pages are %+v", got)
	}
	for _, name := range All() {
		use(t, name)
		for _, html := range []string{Pages().CameBack.HTML(), Pages().Stray.HTML(), Pages().FragmentHTML()} {
			if !strings.Contains(html, `<html lang="`+name+`">`) {
				t.Errorf("%s: %s", name, html)
			}
		}
		if same := Pages().CameBack.HTML() == assets.CameBack.HTML(); same != (name == "en") {
			t.Errorf("%s: the page says %s", name, Pages().CameBack.HTML())
		}
	}
}

func TestTheFirstLanguageOfOursCounts(t *testing.T) {
	for want, wanted := range map[string][]string{
		"de": {"de_AT.UTF-8"},
		"ja": {"nl-NL", "ja-JP", "fr-FR"},
		"pl": {"pl"},
		"es": {"es-419"},
		"en": {"en-GB", "de-DE"},
	} {
		if got := Match(wanted); got != want {
			t.Errorf("%q: %s, want %s", wanted, got, want)
		}
	}
	for _, none := range [][]string{nil, {""}, {"C"}, {"C.UTF-8"}, {"tlh"}, {"deu"}} {
		if got := Match(none); got != "en" {
			t.Errorf("%q: %s", none, got)
		}
	}
}

func TestTheSystemsLanguageIsUsed(t *testing.T) {
	t.Cleanup(func() { words.Use(nil) })
	for _, c := range []struct{ language, all, lang, want string }{
		{"", "", "fr_FR.UTF-8", "fr"},
		{"", "ja_JP.UTF-8", "fr_FR.UTF-8", "ja"},
		{"nl:pl:de", "", "en_US.UTF-8", "pl"},
		{"de", "C", "fr_FR.UTF-8", "en"},
		{"", "", "", "en"},
	} {
		words.Use(nil)
		for name, value := range map[string]string{"LANGUAGE": c.language, "LC_ALL": c.all, "LC_MESSAGES": "", "LANG": c.lang} {
			t.Setenv(name, value)
		}
		if err := UseSystem(); err != nil || words.Language() != c.want {
			t.Errorf("%+v: %s, %v", c, words.Language(), err)
		}
	}
}
