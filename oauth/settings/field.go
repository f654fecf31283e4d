package settings

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/words"
)

// Field describes one setting. Everything that shows, reads or changes settings
// works from the table below: the resolver, the settings window, `egnyte-auth
// config`, the flags of signin, completion and the reference in README.md. To add
// a setting, add it there (and to Effective, if code needs it as a type).
// A policy may set and lock every field.
type Field struct {
	Name    string // in settings.json, policy.json and `egnyte-auth config`
	Env     string // its environment variable; "" if it has none
	Flag    string // its flag of `egnyte-auth signin`; "" if it has none
	Kind    Kind
	Default string

	// The terminal's words: what it is, for flags and the reference. A word in
	// backquotes stands for the value.
	Usage string

	// The window's words, translated by Say. Without a Card, the window doesn't
	// show the field.
	Card        Card
	Label       string
	Placeholder string
	Note        string // below the control
	Options     []Option
	Other       string // the option for a text that is none of Options; "" if there must be none
	Rare        bool   // shown only if it has a value

	check func(text string) (string, error) // returns the text as it is kept; nil: any text, trimmed
	get   func(Effective) string
	set   func(e *Effective, text string)
}

// Kind is how a value is typed, and how JSON has it.
type Kind int

// The kinds.
const (
	Text Kind = iota
	Choice
	Switch // true or false
	List   // words with a space between; in JSON a list
	File   // the path of a file
	Secret // in the keyring, a policy, the environment or the build, never in settings.json, and never shown
)

// Card is the part of the settings window in which a field is.
type Card string

// The cards, from top to bottom. Their values are their titles, in English.
const (
	NoCard       Card = ""
	KeyCard      Card = "Your key"
	EgnyteCard   Card = "Your Egnyte"
	ScopesCard   Card = "What it may do"
	ComputerCard Card = "This computer"
)

// Option is a value to choose.
type Option struct {
	Value   string
	Label   string // the window's; "" for a value that only the terminal offers
	Note    string // the window's, below the control
	Warning bool   // the note warns
}

// SecretName is the name of the API key's secret among the fields.
const SecretName = "client_secret"

// table is all settings, in the order in which people read them.
var table = []Field{
	{
		Name: "service", Kind: Choice, Default: oauth.DefaultService, Usage: "the Egnyte cloud as a `URL`",
		Card: EgnyteCard, Label: "Service", Placeholder: "https://…", Other: "Another address",
		Options: []Option{
			{Value: oauth.DefaultService, Label: "Egnyte"},
			{Value: oauth.GovService, Label: "Egnyte Gov Cloud"},
			{Value: oauth.QAService, Label: "Egnyte QA, for developers' keys"},
		},
		check: checkService,
		get:   func(e Effective) string { return e.Service.String() },
		set:   func(e *Effective, text string) { e.Service, _ = oauth.ParseService(text) },
	},
	{
		Name: "client_id", Env: "EGNYTE_CLIENT_ID", Flag: "client-id", Usage: "the API `KEY`",
		Card: KeyCard, Label: "API key", Placeholder: "as the developer portal shows it",
		check: checkClientID,
		get:   func(e Effective) string { return e.Key.ID },
		set:   func(e *Effective, text string) { e.Key.ID = text },
	},
	{
		Name: SecretName, Env: "EGNYTE_CLIENT_SECRET", Kind: Secret, Usage: "the API key's secret",
		Card: KeyCard, Label: "Secret", Placeholder: "as the developer portal shows it",
		Note: "It goes to your system's password store and is never shown. Keys from before 2015 have none.",
	},
	{
		Name: "flow", Flag: "flow", Kind: Choice,
		Usage: "the `FLOW`: enhanced (Enhanced Auth asks for the domain), or code, implicit, password (need DOMAIN)",
		Card:  KeyCard, Label: "Kind of key",
		Options: []Option{
			// Without a flow, the domain decides. This option also stands for the two below.
			{Label: "Publicly available application", Note: "You sign in with your browser."},
			{Value: string(oauth.FlowCode)},
			{Value: string(oauth.FlowEnhanced)},
			{Value: string(oauth.FlowPassword), Label: "Internal application",
				Note: "You sign in with user name and password, which this app asks for and does not keep. People who sign in by SSO have no such password."},
			{Value: string(oauth.FlowImplicit), Label: "Publicly available, implicit grant", Warning: true,
				Note: "Egnyte calls this way less secure and advises against it wherever the first one works. The sign-in shows in the browser's history and can't be renewed."},
		},
		check: named(oauth.ParseFlow),
		get:   func(e Effective) string { return string(e.Flow) },
		set:   func(e *Effective, text string) { e.Flow = oauth.Flow(text) },
	},
	{
		Name: "redirect_uri", Env: "EGNYTE_REDIRECT_URI", Flag: "redirect-uri", Default: oauth.DefaultRedirectURI,
		Usage: "the `ADDRESS` registered with the key",
		Card:  KeyCard, Label: "Redirect address, as registered with the key", Placeholder: oauth.DefaultRedirectURI,
		check: checkRedirectURI,
		get:   func(e Effective) string { return e.Key.RedirectURI },
		set:   func(e *Effective, text string) { e.Key.RedirectURI = text },
	},
	{
		Name: "domain", Env: "EGNYTE_DOMAIN", Usage: "the Egnyte `DOMAIN`, the acme of acme.egnyte.com",
		Card: EgnyteCard, Label: "Domain, if it is always the same", Placeholder: "asked in the browser",
		get: func(e Effective) string { return e.Domain.Label() }, // set by resolve: it depends on the service
	},
	{
		Name: "region", Flag: "region", Kind: Choice, Default: string(oauth.RegionAuto),
		Usage: "the `REGION` where Enhanced Auth starts: auto, us or eu",
		Card:  EgnyteCard, Label: "Where the browser starts",
		Options: []Option{
			{Value: string(oauth.RegionAuto), Label: "Automatic: whichever answers first"},
			{Value: string(oauth.RegionUS), Label: "United States"},
			{Value: string(oauth.RegionEurope), Label: "Europe"},
		},
		check: named(oauth.ParseRegion),
		get:   func(e Effective) string { return string(e.Region) },
		set:   func(e *Effective, text string) { e.Region = oauth.Region(text) },
	},
	{
		Name: "scopes", Env: "EGNYTE_SCOPE", Flag: "scope", Kind: List, Default: oauth.DefaultScope,
		Usage: "what to ask for: `SCOPE`,…, such as Egnyte.filesystem",
		Card:  ScopesCard, Options: scopeOptions(),
		check: checkScopes,
		get:   func(e Effective) string { return strings.Join(e.Scopes, " ") },
		set:   func(e *Effective, text string) { e.Scopes = strings.Fields(text) },
	},
	{
		Name: "pkce", Kind: Switch, Default: "true", Usage: "whether a sign-in proves itself by PKCE (RFC 7636)",
		check: checkSwitch,
		get:   func(e Effective) string { return yesNo(!e.NoPKCE) },
		set:   func(e *Effective, text string) { e.NoPKCE = text == "false" },
	},
	{
		Name: "relay", Flag: "relay", Kind: Switch, Default: "false", Usage: "the https address is a page that forwards to this machine",
		Card: KeyCard, Label: "A page there sends the browser on to this computer",
		check: checkSwitch,
		get:   func(e Effective) string { return yesNo(e.Relay) },
		set:   func(e *Effective, text string) { e.Relay = text == "true" },
	},
	{
		Name: "ca_file", Kind: File, Usage: "a PEM `FILE` of certificate authorities that are trusted in addition to the system's",
		Card: EgnyteCard, Label: "File of certificate authorities, for a network that looks into TLS", Placeholder: "none but the system's", Rare: true,
		check: checkCAFile,
		get:   func(e Effective) string { return e.CAFile },
		set:   func(e *Effective, text string) { e.CAFile = text },
	},
	{
		Name: "log_level", Kind: Choice, Default: "warning", Usage: "the `LEVEL` of the desktop app's log: warning, info or debug",
		Card: ComputerCard, Label: "Log", Note: "Help > Open log shows it. It holds no secret.",
		Options: []Option{
			{Value: "warning", Label: "Quiet: what goes wrong"},
			{Value: "info", Label: "Normal: what is done, too"},
			{Value: "debug", Label: "Detailed: every step, for support"},
		},
		check: checkLogLevel,
		get:   func(e Effective) string { return levelName(e.LogLevel) },
		set:   func(e *Effective, text string) { e.LogLevel = levels[text] },
	},
}

// levels are what the log may say: what goes wrong, what is done, every step.
var levels = map[string]slog.Level{"warning": slog.LevelWarn, "info": slog.LevelInfo, "debug": slog.LevelDebug}

func scopeOptions() (options []Option) {
	labels := map[string]string{
		"Egnyte.filesystem":       "Files and folders",
		"Egnyte.link":             "Links that share files and folders",
		"Egnyte.permission":       "Permissions of folders",
		"Egnyte.user":             "People of the domain",
		"Egnyte.group":            "Groups of people",
		"Egnyte.audit":            "Audit reports",
		"Egnyte.bookmark":         "Bookmarks",
		"Egnyte.projectfolders":   "Project folders",
		"Egnyte.launchwebsession": "Open Egnyte in the browser, already signed in",
		"Egnyte.webhooks":         "Notices of changes to other servers",
		"Egnyte.ai":               "Egnyte's artificial intelligence",
		"Egnyte.sign":             "Signatures",
		"Egnyte.documentportal":   "The document portal",
		"Egnyte.uploadrequests":   "Requests for uploads",
		"Egnyte.etmf":             "Trial master files (eTMF)",
		"Egnyte.controlleddocs":   "Controlled documents",
		"Egnyte.salesforce":       "Egnyte for Salesforce",
		"Egnyte.integrations":     "Integrations",
	}
	for _, scope := range oauth.Scopes() {
		options = append(options, Option{Value: scope, Label: labels[scope]})
	}
	return options
}

// All returns every setting, in the order in which people read them.
func All() []Field { return slices.Clone(table) }

// Form returns the settings that the window shows, with its words in the user's
// language, and the titles of the cards.
func Form() (fields []Field, titles map[Card]string) {
	titles = map[Card]string{}
	for _, f := range table {
		if f.Card == NoCard {
			continue
		}
		titles[f.Card] = words.Say(string(f.Card))
		f.Label, f.Placeholder, f.Note, f.Other = words.Say(f.Label), words.Say(f.Placeholder), words.Say(f.Note), words.Say(f.Other)
		f.Options = slices.Clone(f.Options)
		for i, o := range f.Options {
			f.Options[i].Label, f.Options[i].Note = words.Say(o.Label), words.Say(o.Note)
		}
		fields = append(fields, f)
	}
	return fields, titles
}

// Names are the names of all settings, the secret's included.
func Names() []string {
	names := make([]string, len(table))
	for i, f := range table {
		names[i] = f.Name
	}
	return names
}

// ByName finds a setting.
func ByName(name string) (Field, bool) {
	for _, f := range table {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Sentences are all words of the table that the window translates. A test checks
// that each is translated.
func Sentences() []string {
	all := []string{string(KeyCard), string(EgnyteCard), string(ScopesCard), string(ComputerCard)}
	for _, f := range table {
		if f.Card == NoCard {
			continue
		}
		all = append(all, f.Label, f.Note, f.Other)
		if !strings.Contains(f.Placeholder, "://") {
			all = append(all, f.Placeholder)
		}
		for _, o := range f.Options {
			all = append(all, o.Label, o.Note)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(text string) bool { return text == "" || text == "Egnyte" || text == "Egnyte Gov Cloud" })
}

// Check returns a text as it is kept, or a *Problem if the field can't have it.
func (f Field) Check(text string) (string, error) {
	if f.check == nil {
		return strings.TrimSpace(text), nil
	}
	return f.check(text)
}

// Values are what one source says: text by the name of the field. An empty text
// says nothing.
type Values map[string]string

// with is a copy of the values with one of them set.
func (v Values) with(name, text string) Values {
	all := Values{}
	for n, t := range v {
		all[n] = t
	}
	all[name] = text
	if text == "" {
		delete(all, name)
	}
	return all
}

// filtered keeps the fields for which keep is true.
func (v Values) filtered(keep func(name string) bool) Values {
	all := Values{}
	for name, text := range v {
		if text != "" && keep(name) {
			all[name] = text
		}
	}
	return all
}

// decode reads a value of JSON.
func (f Field) decode(raw json.RawMessage) (string, error) {
	switch f.Kind {
	case Switch:
		var on *bool
		if err := json.Unmarshal(raw, &on); err != nil || on == nil {
			return "", err
		}
		return yesNo(*on), nil
	case List:
		var list []string
		if err := json.Unmarshal(raw, &list); err != nil {
			return "", err
		}
		for _, one := range list {
			if strings.TrimSpace(one) == "" || strings.ContainsAny(one, " \t\n") {
				return "", problem(notOneScope, "scope", one)
			}
		}
		return strings.Join(list, " "), nil
	}
	var text string
	err := json.Unmarshal(raw, &text)
	return strings.TrimSpace(text), err
}

// encode is decode's counterpart.
func (f Field) encode(text string) any {
	switch f.Kind {
	case Switch:
		return text == "true"
	case List:
		return strings.Fields(text)
	}
	return text
}
