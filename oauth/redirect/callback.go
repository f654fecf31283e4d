package redirect

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"egnyte-accounts/oauth"
)

var errStray = errors.New("the request is not the redirect that is waited for")

// answerParameters are what Egnyte's answer may carry (RFC 6749, 4.1.2; the
// domain by egnyte.md). Others are nobody's business here.
var answerParameters = map[string]bool{"state": true, "code": true, "error": true, descriptionName: true, "egnyte_domain": true, "domain": true}

// descriptionName is the parameter for people: however it is written, it must not
// cost a sign-in.
const descriptionName = "error_description"

// readCallback reads the query of a request that came to the right place.
// Anything but one state, the right one, and either one code or one error is
// a stray: parameters must not repeat (RFC 6749, 3.1).
func readCallback(query, referer, state string) (oauth.Callback, error) {
	given, err := readParameters(query)
	if err != nil {
		return oauth.Callback{}, err
	}
	states, codes, errs := given["state"], given["code"], given["error"]
	if len(states) != 1 || subtle.ConstantTimeCompare([]byte(states[0]), []byte(state)) != 1 {
		return oauth.Callback{}, errStray
	}
	callback := oauth.Callback{Referer: referer}
	switch {
	case len(codes) == 1 && len(errs) == 0 && codes[0] != "":
		callback.Code = oauth.NewSecret(codes[0])
	case len(errs) == 1 && len(codes) == 0 && errs[0] != "":
		callback.Error, callback.ErrorDescription = errs[0], strings.Join(given[descriptionName], " ")
	default:
		return oauth.Callback{}, errStray
	}
	callback.Domain = domainsIn(given)
	return callback, nil
}

func domainsIn(given map[string][]string) (domains []string) {
	for _, value := range append(given["egnyte_domain"], given["domain"]...) {
		if value != "" {
			domains = append(domains, value)
		}
	}
	return domains
}

// readParameters reads the answer's parameters and skips all others, however
// they are written: url.ParseQuery stumbles over a stray ';' or '%'.
func readParameters(query string) (map[string][]string, error) {
	return readNamed(query, answerParameters)
}

func readNamed(query string, wanted map[string]bool) (map[string][]string, error) {
	given := make(map[string][]string)
	for pair := range strings.SplitSeq(query, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil || !wanted[name] {
			continue
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil && name == descriptionName {
			value, err = rawValue, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s is badly escaped", errStray, name)
		}
		given[name] = append(given[name], value)
	}
	return given, nil
}
