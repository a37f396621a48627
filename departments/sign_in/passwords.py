"""Password validators with Chinese messages; they complement Django's own."""

import re
import unicodedata

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

from wenshang_disclosure.core.region import current

_WORDS = """
abc abcd abcde abcdef abcdefg admin administrator aini aiwo anquan asdf asdfg asdfgh asdfghjkl bangong
bangongshi baobao beijing caonima change changeme china demo dragon duban ganbu gongkai gongwu gongzuo guanli
guanliyuan guest hello huawei iloveyou jining laogong laopo letmein lianluoyuan login meimei mima mimamima
mypassword nihao nishishei office pass passw passwd password qaz qazwsx qazwsxedc qianbei qwe qwer qwert qwerty
qwertyuiop renmin root shandong shiyong sunshine system taobao test tester user welcome woai woaini woaiwo
woaizhongguo wobuzhidao wodemima woshishei xian xianzhengfu xinxi xitong yonghu zaq zaqwsx zhengfu zhengwu
zhengwugongkai zhongguo zhonghua zwgk zxc zxcv zxcvb zxcvbn zxcvbnm
"""
COMMON = frozenset(_WORDS.split())
"""Common passwords of Chinese users, without surrounding digits and symbols."""
WALKS = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p")
"""Keyboard sequences."""
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
LOOKALIKES = str.maketrans("013457@$", "oleastas")
LEAST_DIFFERENT = 6
PATTERN = "密码中重复或者连续的字符太多，容易被猜中，请换一个。"
COMMON_WORDS = "这个密码太常见，容易被猜中，请换一个。"


class LongEnough(MinimumLengthValidator):
    """Django's length check with Chinese messages."""

    def get_error_message(self):
        return f"密码太短，至少要有{self.min_length}个字符。"

    def get_help_text(self):
        return f"密码至少要有{self.min_length}个字符。"


class NotAPattern:
    """Rejects passwords that are mostly one character, a run such as “abcdef” or “87654321”, or digits alone."""

    def validate(self, password, user=None):
        """Raise `ValidationError` if little is left of the password without its runs."""
        plain = unicodedata.normalize("NFKC", password).lower()
        if plain.isdigit() or len(set(plain)) < LEAST_DIFFERENT or len(_without_runs(plain)) < LEAST_DIFFERENT:
            raise ValidationError(PATTERN, code="pattern")

    def get_help_text(self):
        return "密码不能只有数字，不能主要由重复或者连续的字符组成。"


def _without_runs(text):
    """Return the text with each run of equal, rising or falling neighbours cut to its first character."""
    kept = []
    for before, here, after in zip(" " + text, text, text[1:] + " ", strict=False):
        steps = {ord(here) - ord(before), ord(after) - ord(here)}
        if len(steps) > 1 or not steps <= {-1, 0, 1}:
            kept.append(here)
    return kept


class NotCommonHere:
    """Rejects common words, keyboard sequences, repetitions, and names of person or unit, also with added digits."""

    def validate(self, password, user=None):
        """Raise `ValidationError` if the password is one of those."""
        plain = unicodedata.normalize("NFKC", password).lower()
        word = AROUND.sub("", plain)
        letters = re.sub(r"[\W\d_]+", "", plain)
        if (
            {word, letters, word.translate(LOOKALIKES)} & {*COMMON, *_names_of_the_region()}
            or _is_repeated(plain)
            or any(plain.strip("!@#.") in walk for walk in WALKS)
        ):
            raise ValidationError(COMMON_WORDS, code="common_here")
        if user is not None and {word, letters} & set(_names_of(user)):
            raise ValidationError("密码不能只是本单位或本人的名称加上数字，请换一个。", code="own_name")

    def get_help_text(self):
        return "密码不能是常见的单词、拼音或键盘顺序，也不能是本单位、本人的名称或账号加上数字。"


def _is_repeated(text):
    """Return whether the text repeats a shorter one."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _names_of(user):
    """Yield the names of person and unit as written, in pinyin and as pinyin initials."""
    unit = getattr(user, "unit", None)
    return _spelt(user.name, unit and unit.name, unit and unit.short_name)


def _names_of_the_region():
    """Yield the names of the region and of its government as written, in pinyin and as pinyin initials."""
    region = current()
    bare = region.name.removesuffix(region.place)
    return _spelt(region.government, region.name, *(bare and (bare, f"{bare}政府", f"{bare}政务公开")))


def _spelt(*names):
    from pypinyin import lazy_pinyin  # its tables take 55 MB, and few pages set a password

    for name in filter(None, names):
        syllables = [part for part in lazy_pinyin(name) if part.isalnum()]
        yield from (name, "".join(syllables).lower(), "".join(part[0] for part in syllables).lower())
        if len(syllables) > 3:  # 县财政局 as 财政局
            yield "".join(syllables[1:]).lower()
