package advice

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"egnyte-accounts/oauth/words"
)

// reasons are what oauth and its neighbours say of a typed text that can't be,
// with names for what differs. They speak English, as the terminal does; here
// their words are known again and translated. The first that fits counts.
var reasons = []string{
	"it is empty",
	"an address of Egnyte starts with https://",
	"it holds a character that no host name has",
	"it is not under {host}",
	"it is not an address of this service",
	"it is no host name of a company's own",
	"the name is missing",
	"a name has at most 63 characters",
	"a name has no hyphen at its ends",
	"a name has letters, digits and hyphens only, not {letter}",
	"that name belongs to Egnyte itself",
	"{typed} can't be an Egnyte domain: {reason}",

	"the service {service} is not a URL like {example}",
	"the service {service} must be a scheme and a host, nothing more",
	"the service {service} must use https",
	"the service {service} has no valid port",
	"the service {service}: {reason}",
	"a host name with at least two parts is needed",

	"the API key is missing",
	"an API key is not that long",
	"an API key has no spaces",
	"there is no API key yet that it could belong to",
	"the API key in force is from the {source}, which brings its secret along",
	"{scope} is not one scope",
	"{field} is locked by the policy of this computer ({path})",

	"a redirect address has no #",
	"a redirect address has no user name",
	"{address} must use https: plain http is for this machine only",
	"{address} is not an address like {example}",
	"it is not a web address",
	"it holds a user name",
	"it holds a fragment, which RFC 6749 rules out",
	"it is neither http nor https",
	"only 127.0.0.1, [::1] and localhost are this machine",
	"browsers rewrite a path with '.' or '..' in it",
	"its query holds a parameter that belongs to Egnyte's answer",
	"its port is not a number from 1 to 65535",
	"https needs a certificate for this machine",
}

var fact = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{(\w+)\}`) })

var patterns = sync.OnceValue(func() []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(reasons))
	for i, reason := range reasons {
		pattern := strings.NewReplacer(`\{`, "{", `\}`, "}").Replace(regexp.QuoteMeta(reason))
		all[i] = regexp.MustCompile("(?s)^" + fact().ReplaceAllString(pattern, "(?P<$1>.+)") + "$")
	}
	return all
})

// Reason says in the person's language why a text can't be what it was typed
// for, as part of a sentence. What is not known stays as it is.
func Reason(text string) string {
	for i, pattern := range patterns() {
		found := pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		var facts []string
		for j, name := range pattern.SubexpNames()[1:] {
			value := found[j+1]
			if name == "reason" {
				value = Reason(value)
			}
			facts = append(facts, name, value)
		}
		return words.Say(reasons[i], facts...)
	}
	return text
}

// Complaint is Reason as a sentence of its own.
func Complaint(text string) string {
	text = strings.TrimSuffix(Reason(text), ".")
	first, size := utf8.DecodeRuneInString(text)
	return words.Say("{reason}.", "reason", string(unicode.ToUpper(first))+text[size:])
}
