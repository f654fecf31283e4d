// Package language chooses the language of the desktop app and loads its
// sentences. Only the roles of the desktop app import it: the terminal program
// stays English.
package language

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jeandeaual/go-locale"
	"github.com/nicksnyder/go-i18n/v2/i18n"

	"egnyte-accounts/assets/translations"
	"egnyte-accounts/oauth/words"
)

// All are the languages that there are, by their files' names. The first is the
// source's own.
func All() []string { return []string{"en", "de", "es", "fr", "pl", "ja"} }

// UseSystem has everything said in the system's language, or in English where
// there is none of ours. An error leaves it English.
func UseSystem() error {
	wanted, err := locale.GetLocales()
	if err != nil {
		return fmt.Errorf("finding the system's language: %w", err)
	}
	name := Match(wanted)
	if name == All()[0] {
		return nil
	}
	catalogue, err := Load(name)
	if err != nil {
		return err
	}
	words.Use(catalogue)
	return nil
}

// Match is the first of the wanted languages (BCP 47 or POSIX, the best first)
// that is one of ours; English where none is.
func Match(wanted []string) string {
	for _, w := range wanted {
		w, _, _ = strings.Cut(strings.ToLower(w), ".")
		name, _, _ := strings.Cut(strings.ReplaceAll(w, "_", "-"), "-")
		if slices.Contains(All(), name) {
			return name
		}
	}
	return All()[0]
}

// Catalogue is one language's sentences.
type Catalogue struct {
	name    string
	texts   map[string]string
	plurals map[string]bool
	forms   *i18n.Localizer
}

// Load reads one language's file, and no other: the tray is resident.
func Load(name string) (*Catalogue, error) {
	file := name + ".json"
	data, err := translations.Files.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the language %s: %w", name, err)
	}
	read, err := i18n.ParseMessageFileBytes(data, file, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the language file %s: %w", file, err)
	}
	bundle := i18n.NewBundle(read.Tag)
	c := &Catalogue{name, map[string]string{}, map[string]bool{}, i18n.NewLocalizer(bundle, name)}
	for _, m := range read.Messages {
		if m.One+m.Few+m.Many == "" { // one form for all numbers, if it has any
			c.texts[m.ID] = m.Other
			continue
		}
		c.plurals[m.ID] = true
		if err := bundle.AddMessages(read.Tag, m); err != nil {
			return nil, fmt.Errorf("reading the language file %s: %w", file, err)
		}
	}
	return c, nil
}

// Name implements words.Catalogue.
func (c *Catalogue) Name() string { return c.name }

// Text implements words.Catalogue.
func (c *Catalogue) Text(english string) (string, bool) {
	text, ok := c.texts[english]
	return text, ok
}

// Plural implements words.Catalogue, by CLDR's rules.
func (c *Catalogue) Plural(english string, n int) (string, bool) {
	if !c.plurals[english] {
		return c.Text(english)
	}
	// An error still comes with the form for other numbers.
	text, _ := c.forms.Localize(&i18n.LocalizeConfig{MessageID: english, PluralCount: n})
	return text, text != ""
}

var _ words.Catalogue = (*Catalogue)(nil)
