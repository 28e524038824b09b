"""What people of the demo company write to one another, each in both languages."""

from random import Random
from typing import NamedTuple


class Saying(NamedTuple):
    zh: str
    en: str

    def to(self, english: bool) -> str:
        """The saying in the language of whoever writes it."""
        return self.en if english else self.zh


REASONS = {
    "over_limit_night": (
        Saying("展会期间周边酒店均涨价，此为最低价。", "Trade fair week; this was the cheapest."),
        Saying("客户指定酒店，便于次日早会。", "The customer's hotel; the meeting began at 8."),
    ),
    "over_limit_day": (
        Saying("当日往返三处客户现场。", "Three customer sites on one day."),
        Saying("与客户工程师一同用餐。", "Shared with the customer's engineers."),
    ),
    "over_limit_head": (
        Saying("签约宴请，总监已口头同意。", "Signing dinner; agreed with the director."),
    ),
    "invoice_like_another": (
        Saying("同一天同一商家两次消费，金额相同。", "Two purchases at one place on one day."),
    ),
    "over_limit_month": (Saying("本月国际漫游。", "Roaming abroad this month."),),
    "trip_over_budget": (Saying("机票比申请时涨价。", "Fares rose after the budget was set."),),
    "too_old": (
        Saying("供应商补开发票较晚。", "The supplier sent the invoice late."),
        Saying(
            "长期驻场，返回后才整理票据。", "On site for months; sorted the receipts on return."
        ),
    ),
}


def reason(rng: Random, rule: str, english: bool) -> str:
    """How a claimant answers a finding of ``rule``."""
    return rng.choice(REASONS[rule]).to(english)


QUESTIONS = (
    (
        Saying("这次拜访对应哪个项目？", "Which project was this for?"),
        Saying("对应二期交付项目。", "For the second phase of the delivery."),
    ),
    (
        Saying("打车是几个人一起？", "How many of you shared the ride?"),
        Saying("三个人，一起去客户现场。", "Three of us, to the customer's site."),
    ),
    (
        Saying("有没有审批过的出差申请？", "Was the trip agreed beforehand?"),
        Saying("有，上周例会上定的。", "Yes, at last week's meeting."),
    ),
)
REMARKS = (
    (
        Saying("辛苦了，下次请尽量提前订票。", "Thanks. Please book earlier next time."),
        Saying("好的，已记下。", "Will do."),
    ),
    (
        Saying("发票很清楚，谢谢。", "Clear receipts, thank you."),
        Saying("谢谢！", "Thanks!"),
    ),
)
OBJECTIONS = (
    (
        Saying("发票抬头不是公司全称。", "The invoice is not made out to the company."),
        Saying("已换开发票。", "The invoice was made out again."),
    ),
    (
        Saying("请写明事由和同行人。", "Say what it was for and who came along."),
        Saying("与项目组两位同事同行。", "With two colleagues of the project."),
    ),
    (
        Saying("票据照片看不清金额。", "The amount on the photo cannot be read."),
        Saying("金额已与原件核对。", "Checked against the original."),
    ),
)
RETURNED = (
    Saying("请按各行说明修改后再提交。", "Please see the notes on the lines and send again."),
    Saying("有一处需要补充。", "One thing is missing."),
)
REJECTED = (
    Saying("与已报销的单据重复。", "This was paid with an earlier claim."),
    Saying("属于个人消费，不能报销。", "This is a personal expense."),
    Saying("该费用应走采购流程。", "This has to go through purchasing."),
)
APPROVALS = (Saying("同意", "Fine with me"), Saying("已核对", "Checked"), Saying("同意报销", "OK"))
FAILURES = (Saying("账号与户名不符", "Account and name do not match"),)
