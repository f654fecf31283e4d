package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"egnyte-accounts/oauth"
)

// credential is what a tool left in plain text, for one person at one domain.
type credential struct {
	label     string // the profile's name, where the tool has profiles
	domain    string // as written: a label, a host or a URL
	key       oauth.Key
	access    oauth.Secret
	refresh   oauth.Secret
	issued    time.Time // zero: not known
	expiry    time.Time // zero: not known, or none
	scopes    []string
	isDefault bool
	secrets   []placedSecret
	warning   string // for the user, about something else in the file

	hasPassword bool
}

// placedSecret is where a secret lies: the number of the format's file, and the
// names that lead to it there.
type placedSecret struct {
	file  int
	path  []string
	value oauth.Secret
}

// format is one tool's way of keeping credentials. Read is pure: it gets the
// files that exist (others are nil), and its errors never quote them.
type format struct {
	name    string // for --from
	title   string
	files   []string // under the home folder, with slashes; the first has the access token
	keyring string   // service name of what the tool itself keeps in the keyring
	read    func(files []object) []credential
}

var formats = []format{
	{
		name: "agentic-cli", title: "@egnyte/agentic-cli (egnyte)",
		files: []string{".config/egnyte-cli/config.json"},
		read:  readAgenticCLI,
	},
	{
		name: "python-sdk", title: "Egnyte's Python SDK",
		files: []string{".egnyte/config.json"},
		read:  readPythonSDK,
	},
	{
		name: "python-sdk", title: "Egnyte's Python SDK, for its tests",
		files: []string{".egnyte/test_config.json"},
		read:  readPythonSDK,
	},
	{
		name: "egnyte-cli", title: "egnyte-cli",
		files:   []string{".config/egnyte-desktop/tokens.json", ".config/egnyte-desktop/config.json"},
		keyring: "egnyte-desktop",
		read:    readEgnyteCLI,
	},
}

// object is a JSON object whose members are read one by one, since a file of
// somebody else's may hold anything.
type object map[string]json.RawMessage

func readObject(data []byte) (object, error) {
	var o object
	if err := json.Unmarshal(bytes.TrimPrefix(data, byteOrderMark), &o); err != nil {
		return nil, fmt.Errorf("it is not a JSON object") // the cause may quote a secret
	}
	return o, nil
}

func (o object) text(name string) string         { return jsonText(o[name]) }
func (o object) secret(name string) oauth.Secret { return oauth.NewSecret(o.text(name)) }

func (o object) object(name string) object {
	inner, _ := readObject(o[name])
	return inner
}

// number reads a JSON number, or a string that holds one.
func (o object) number(name string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.Trim(string(o[name]), `"`), 64)
	return n, err == nil && n > 0 && n < 1e15
}

// place lists the secrets that are there.
func (o object) place(file int, path []string, names ...string) []placedSecret {
	var placed []placedSecret
	for _, name := range names {
		if value := o.secret(name); !value.IsZero() {
			placed = append(placed, placedSecret{file, append(slices.Clone(path), name), value})
		}
	}
	return placed
}

func readAgenticCLI(files []object) []credential {
	profiles := files[0].object("profiles")
	var found []credential
	for _, name := range slices.Sorted(maps.Keys(profiles)) {
		p := profiles.object(name)
		c := credential{
			label:     name,
			domain:    p.text("domain"),
			key:       oauth.Key{ID: p.text("client_id"), Secret: p.secret("client_secret"), RedirectURI: anyPort(p.text("redirect_uri"))},
			access:    p.secret("access_token"),
			refresh:   p.secret("refresh_token"),
			scopes:    strings.Fields(p.text("scope")),
			isDefault: files[0].text("default_profile") == name,
			secrets:   p.place(0, []string{"profiles", name}, "access_token", "refresh_token", "client_secret"),
		}
		if ms, known := p.number("expires_at"); known {
			c.expiry = time.UnixMilli(int64(ms))
		}
		found = append(found, c)
	}
	return found
}

// anyPort drops the port that the tool happened to get for its own loopback
// address: it takes a free one each time (RFC 8252, 7.3).
func anyPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Path != "/callback" || !net.ParseIP(u.Hostname()).IsLoopback() {
		return address
	}
	u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	return u.String()
}

func readPythonSDK(files []object) []credential {
	o := files[0]
	c := credential{
		domain:  o.text("domain"),
		key:     oauth.Key{ID: o.text("api_key")},
		access:  o.secret("access_token"),
		refresh: o.secret("refresh_token"),
		secrets: o.place(0, nil, "access_token", "refresh_token", "client_secret"),
	}
	c.key.Secret = o.secret("client_secret")
	if o.text("password") != "" {
		c.hasPassword = true
		c.warning = "The file also holds a password. A password is never imported: delete it yourself."
	}
	return []credential{c}
}

func readEgnyteCLI(files []object) []credential {
	tokens, config := files[0], files[1]
	c := credential{
		domain:  config.text("domain"),
		key:     oauth.Key{ID: config.text("client_id"), Secret: config.secret("client_secret"), RedirectURI: config.text("redirect_uri")},
		access:  tokens.secret("access_token"),
		refresh: tokens.secret("refresh_token"),
		secrets: append(tokens.place(0, nil, "access_token", "refresh_token"), config.place(1, nil, "client_secret")...),
	}
	if issued, known := tokens.number("issued_at"); known {
		c.issued = time.Unix(int64(issued), 0)
		if life, known := tokens.number("expires_in"); known && life < 100*365*24*3600 {
			c.expiry = c.issued.Add(time.Duration(life) * time.Second)
		}
	}
	return []credential{c}
}

// domainOf reads a domain as tools write it: a name alone is one of the service
// in force. A token found in a file goes to one of Egnyte's own clouds, or to the
// service in force, and nowhere else.
func domainOf(written string, inForce oauth.Service) (oauth.Domain, error) {
	domain, err := inForce.ParseDomain(written)
	if err == nil {
		return domain, nil
	}
	for _, cloud := range oauth.Clouds() {
		service, cloudErr := oauth.ParseService(cloud)
		if cloudErr != nil || !strings.Contains(written, ".") {
			continue
		}
		if domain, cloudErr := service.ParseDomain(written); cloudErr == nil {
			return domain, nil
		}
	}
	return oauth.Domain{}, fmt.Errorf("reading the domain: %w", err)
}
